-- Callbacks: C calling Lua, on this thread and on others.

local check = require "check"
local ffi = require "ffi"
local nlib = require "nlib"

local cells, own = {}, {}

local function kit_of(with)
    return assert(nlib.load { source = with.fixtures .. "kit.c" })
end

function cells.callback(with)
    local kit = kit_of(with)
    local seen = {}
    local stopped = kit.kit_each({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, 3, function(index, point, data)
        check.truth(data == nil, "NULL stays NULL")
        seen[#seen + 1] = point.x + point.y
        return index == 1 and 9 or 0
    end, nil)
    check.equal(stopped, 9, "what the callback gave")
    check.equal(table.concat(seen, " "), "3 7")

    local heard = {}
    local listener = kit:callback("kit_listener", function(data, value)
        heard[#heard + 1] = value + ffi.cast("int *", data)[0]
    end)
    local data = ffi.new("int[1]", 100)
    kit.kit_listen(listener, data)
    kit.kit_emit(1)
    collectgarbage()
    kit.kit_emit(2)
    check.equal(table.concat(heard, " "), "101 102", "a callback that C keeps")

    -- Errors: the call that ran the callback raises them, as they are.
    local problem = { "a table" }
    local ran, err = pcall(kit.kit_each, { { 1, 2 } }, 1, function() error(problem) end, nil)
    check.truth(not ran and err == problem, "the error of the callback")
    check.raises(function() kit.kit_each({ { 1, 2 } }, 1, function() error "oh no" end, nil) end, "callbacks.lua:", "oh no")
    check.raises(function() kit.kit_each({ { 1, 2 } }, 1, function() end, nil) end, "'kit_visitor'", "cannot convert 'nil' to 'int'")
    check.raises(function()
        kit.kit_each({ { 1, 2 } }, 1, function()
            kit.kit_each({ { 1, 2 } }, 1, function() error "deep" end, nil)
            return 0
        end, nil)
    end, "deep")
    check.raises(function()
        kit.kit_each({ { 1, 2 } }, 1, function() coroutine.yield() end, nil)
    end, "attempt to yield")
    check.equal(kit.kit_each({ { 1, 2 } }, 1, function() return 4 end, nil), 4, "after errors")

    -- A function that was given as an argument has ended with the call.
    kit.kit_listen(function() end, nil)
    check.raises(function() kit.kit_emit(3) end, "'kit_listener' given to 'kit_listen' was called after it had ended", "lib:callback")
    listener:free()
    kit.kit_listen(nil, nil)
    check.equal(tostring(listener), "callback 'kit_listener' (ended)")
    check.raises(function() kit.kit_listen(listener, nil) end, "the callback has ended")
    listener:free()
end

cells["callback-thread"] = function(with)
    local kit = kit_of(with)
    local ran = false
    local listener = kit:callback("kit_listener", function() ran = true end)
    local err = check.raises(function() kit.kit_on_thread(listener, nil, 5) end, "'kit_listener' was called from another thread")
    check.equal(err.kind, "callback")
    check.raises(function() kit.kit_on_thread(function() ran = true end, nil, 5) end, "from another thread")
    check.equal(ran, false, "whether Lua ran there")
    kit.kit_listen(listener, nil)
    kit.kit_emit(1)
    check.equal(ran, true, "afterwards, on this thread")
end

-- Functions of the program's that a library calls by name.
function own.host()
    local code = [[
        int host_twice(int value);
        extern int host_number;
        static int early;
        __attribute__((constructor)) static void begin(void) { early = host_twice(4); }
        int first(void) { return early; }
        int four_times(int value) { return host_twice(host_twice(value)); }
        int number(void) { return host_number; }
    ]]
    local number = ffi.new("int[1]", 11)
    local calls = 0
    local host = {
        host_twice = { "int (*)(int)", function(value)
            calls = calls + 1
            return 2 * value
        end },
        host_number = number,
    }
    local lib = assert(nlib.load { code = code, name = "hosted", host = host })
    check.equal(lib.first(), 8, "a constructor calls Lua")
    check.equal(lib.four_times(3), 12)
    check.equal(calls, 3)
    number[0] = 12
    check.equal(lib.number(), 12, "a variable of the program's")
    check.contains(check.fails("usage", nlib.load { code = code, host = { host_twice = print } }), "'host_twice' is a function")
    check.contains(check.fails("usage", nlib.load { code = code, host = { host_twice = { 1 } } }), "{ type, function }")
end

-- Pointers to functions in structures and results, structures by value in callbacks, many callbacks at once.
function own.pointers()
    local lib = assert(nlib.load { name = "operations", code = [[
        typedef struct { float x; double y; signed char z; } triple;
        typedef struct { short a, b; } pair;
        typedef double (*measure)(triple value, pair add);
        typedef triple (*maker)(int seed);
        typedef struct { measure measure; maker make; int count; } operations;
        double run(const operations *with) {
            double sum = 0;
            for (int i = 0; i < with->count; i++)
                sum += with->measure(with->make(i), (pair){(short)i, 2});
            return sum;
        }
        static double sum(triple value, pair add) { return value.x + value.y + value.z + add.a + add.b; }
        measure own_measure(void) { return sum; }
    ]] })
    local operations = lib.new("operations", { count = 3 })
    check.raises(function() operations.measure = function() return 0 end end, "cannot convert 'function'")
    local kept
    local measure = lib:callback("measure", function(value, add)
        kept = kept or value
        return value.x + value.y + value.z + add.a * add.b
    end)
    local make = lib:callback("maker", function(seed) return { seed, seed / 2, -seed } end)
    operations.measure, operations.make = measure.pointer, make.pointer
    check.equal(lib.run(operations), (0 + 0) + (0.5 + 2) + (1 + 4))
    check.equal(kept.y, 0, "a structure that the callback keeps is a copy")
    check.equal(operations.measure({ 1, 2, 3 }, { 4, 5 }), 26, "a pointer in a structure is called")
    check.equal(lib.own_measure()({ 1, 2, 3 }, { 4, 5 }), 15, "a pointer that a function gives is called")
    operations.measure = lib.own_measure()
    check.equal(lib.run(operations), 2 + (0.5 + 1 + 2) + (1 + 2 + 2))
    check.raises(function() lib.new "operations".measure({ 1, 2, 3 }, { 4, 5 }) end, "is NULL")
    check.raises(function() operations.make = lib:callback("measure", print).pointer end, "cannot convert")

    local list = {}
    for index = 1, 300 do
        list[index] = lib:callback("maker", function() return { index, 0, 0 } end)
    end
    for index = 1, 300 do
        check.equal(lib:cast("maker", list[index].pointer)(0).x, index, "one of many")
        list[index]:free()
    end
    for index = 1, 1000 do
        local one = lib:callback("maker", function() return { index, 0, 0 } end)
        check.equal(one.pointer(0).x, index, "one after the other")
        one:free()
    end
    check.raises(function() lib:callback("triple", print) end, "'triple' is not a type of functions")
    check.raises(function() lib:callback("int (*)(int, ...)", print) end, "cannot take '...'")
end

-- Functions that run a callback although compiled code calls them: refused, and said.
function own.leaf(with)
    local kit = kit_of(with)
    local ran = 0
    local listener = kit:callback("kit_listener", function() ran = ran + 1 end)
    kit.kit_listen(listener, nil)
    local emit = kit:leaf "kit_emit"
    for _ = 1, 200 do
        check.raises(function() emit(1) end, "'kit_listener' was called by a function that was itself called through its bare pointer, or as a leaf")
    end
    local bare = kit:pointer "kit_emit"
    for _ = 1, 200 do
        bare(1)
    end
    check.equal(ran, 0, "whether Lua was entered")
    check.raises(function() kit.kit_add(1, 1) end, "bare pointer")
    kit.kit_emit(1)
    check.equal(ran, 1, "as it should be")
    -- A leaf that a callback calls.
    listener:free()
    listener = kit:callback("kit_listener", function() ran = ran + 1; emit(1) end)
    kit.kit_listen(listener, nil)
    check.raises(function() kit.kit_emit(1) end, "as a leaf")
    check.equal(ran, 2)
end

function own.sort()
    local lib = assert(nlib.load { name = "sort", code = [[
        #include <stdlib.h>
        typedef int (*compare)(const void *, const void *);
        void sort(int *values, int count, compare with) { qsort(values, count, sizeof *values, with); }
        static int down(const void *left, const void *right) { return *(const int *)right - *(const int *)left; }
        compare downwards(void) { return down; }
        int upwards(const void *left, const void *right) { return *(const int *)left - *(const int *)right; }
    ]] })
    local values = ffi.new("int[5]", 3, 5, 1, 4, 2)
    local function order()
        return ("%d%d%d%d%d"):format(values[0], values[1], values[2], values[3], values[4])
    end
    local compare = nlib.callback("int (*)(const void *, const void *)", function(left, right)
        return ffi.cast("const int *", left)[0] - ffi.cast("const int *", right)[0]
    end)
    lib.sort(values, 5, compare)
    check.equal(order(), "12345", "with a callback of nlib.callback's")
    lib.sort(values, 5, lib.downwards())
    check.equal(order(), "54321", "with a C function")
    lib.sort(values, 5, lib.upwards)
    check.equal(order(), "12345", "with a function of the library's by name")
    check.equal(nlib.is_callback(compare), true)
end

return { cells = cells, own = own }
