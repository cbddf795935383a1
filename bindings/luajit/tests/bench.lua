-- Load and call beside what Lua people do otherwise: ffi.cdef and ffi.load of a prebuilt library.
--
--     luajit bench.lua
--
-- Prints `way nlib`, then a line `NAME VALUE` each; then the same after `way ffi.load`:
--
--     load           microseconds; the median of many warm loads of kit.c to a function that was called once, within
--                    the running process, interface included (the usual way: ffi.cdef, ffi.load of a library that
--                    was compiled before, a call)
--     call           nanoseconds, for kit_add in a loop that LuaJIT compiles
--     call-struct    kit_mid, which takes and gives structures by value
--     interpreted    kit_add without the compiler
--     guarded, leaf  nlib only: kit_add while a callback exists, and then by lib:leaf

local here = arg[0]:match("^(.*[/\\])") or "./"
package.path = here .. "../?.lua;" .. package.path
local fixtures = (os.getenv("NLIB_FIXTURES") or here .. "../../../tests/hosts/fixtures") .. "/"

local ffi = require "ffi"
local nlib = require "nlib"

ffi.cdef [[
typedef struct { long seconds, nanoseconds; } bench_time;
int clock_gettime(int clock, bench_time *time);
]]
local time = ffi.new "bench_time"

-- Nanoseconds of the monotonic clock.
local function now()
    ffi.C.clock_gettime(1, time)
    return tonumber(time.seconds) * 1e9 + tonumber(time.nanoseconds)
end

local function median(list)
    table.sort(list)
    return list[math.floor(#list / 2) + 1]
end

local function line(name, value)
    print(("%s %.2f"):format(name, value))
end

local LOADS, ROUNDS = 101, 7

-- A load as a program's own: of a context that has loaded nothing yet.
local function load_once()
    local context = assert(nlib.open())
    local start = now()
    local kit = assert(context:load { source = fixtures .. "kit.c" })
    assert(kit.kit_add(1, 2) == 3)
    local taken = now() - start
    assert(kit:unload())
    context:close()
    return taken
end

local function measure_loads(once)
    local list = {}
    for index = 1, LOADS do
        list[index] = once() / 1000
    end
    return median(list)
end

local function per_call(loop, count)
    local list = {}
    for round = 1, ROUNDS do
        local start = now()
        loop(count)
        list[round] = (now() - start) / count
    end
    return median(list)
end

-- Loops are written out anew for each function, as traces belong to the code.
local add_loop = [[
    local add = ...
    return function(count)
        local sum = 0
        for i = 1, count do sum = sum + add(i, 1) % 7 end
        return sum
    end
]]
local mid_loop = [[
    local mid, point = ...
    local a, b = point(1, 2), point(3, 4)
    return function(count)
        local sum = 0
        for i = 1, count do a.x = i sum = sum + mid(a, b).x end
        return sum
    end
]]

local function add_time(add, count)
    return per_call(assert(loadstring(add_loop))(add), count)
end

local function mid_time(mid, point, count)
    return per_call(assert(loadstring(mid_loop))(mid, point), count)
end

local shared = os.tmpname()
assert(os.execute(('clang-22 -O2 -shared -fPIC -o "%s" "%skit.c"'):format(shared, fixtures)) == 0)
local header = [[
    typedef struct bench_point { double x, y; } bench_point;
    int kit_add(int a, int b);
    bench_point kit_mid(bench_point a, bench_point b);
]]
ffi.cdef(header)

local function measure_calls(library, point)
    line("call", add_time(library.kit_add, 2e7))
    line("call-struct", mid_time(library.kit_mid, point, 3e5))
    jit.off()
    line("interpreted", add_time(library.kit_add, 1e6))
    jit.on()
end

print "way nlib"
load_once()
line("load", measure_loads(load_once))
local kit = assert(nlib.load { source = fixtures .. "kit.c" })
measure_calls(kit, kit.types.kit_point)
local listener = kit:callback("kit_listener", function() end)
line("guarded", add_time(kit.kit_add, 3e5))
line("leaf", add_time(kit:leaf "kit_add", 2e7))
listener:free()

print "way ffi.load"
local copies = 0
line("load", measure_loads(function()
    -- A copy by another name: what is loaded already would not be loaded again.
    copies = copies + 1
    local copy = ("%s.%d"):format(shared, copies)
    assert(os.execute(('cp "%s" "%s"'):format(shared, copy)) == 0)
    local start = now()
    ffi.cdef("int kit_add(int a, int b);")
    assert(ffi.load(copy).kit_add(1, 2) == 3)
    local taken = now() - start
    os.remove(copy)
    return taken
end))
measure_calls(ffi.load(shared), ffi.typeof "bench_point")
os.remove(shared)
