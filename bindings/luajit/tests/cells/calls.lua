-- Calls of typed functions, structures, arguments that are wrong.

local check = require "check"
local ffi = require "ffi"
local nlib = require "nlib"

local cells, own = {}, {}

local function kit_of(with)
    return assert(nlib.load { source = with.fixtures .. "kit.c" })
end

function cells.call(with)
    local kit = kit_of(with)
    local before = kit.kit_calls
    check.equal(kit.kit_add(40, 2), 42, "kit_add")
    check.equal(kit.kit_add(-3, 1), -2, "kit_add")
    check.equal(kit.kit_calls, before + 2, "a variable that the library changes")
    kit.kit_calls = 100
    kit.kit_add(1, 1)
    check.equal(kit.kit_calls, 101, "a variable that Lua sets")

    check.equal(kit.kit_max(), 0xffffffffffffffffULL, "a 64-bit number")
    check.equal(kit.kit_half(3), 1.5, "double")
    check.equal(kit.kit_halff(0.5), 0.25, "float")
    check.equal(kit.kit_not(true), false, "bool")
    check.equal(kit.kit_not(false), true, "bool")
    check.equal(kit.kit_greeting(), "grüß dich", "text from C")
    check.equal(kit.kit_length("Jürgen"), 7ULL, "text to C")
    check.equal(kit.kit_length(nil), 0ULL, "NULL")

    check.equal(kit.kit_next_color("KIT_RED"), kit.KIT_GREEN, "an enumerator by name")
    check.equal(kit.kit_next_color(kit.KIT_GREEN), 40, "an enumerator by number")
    check.equal(kit.enums.kit_color.KIT_BLUE, 40, "an enumeration")
    check.equal(kit.enums.kit_color[1], "KIT_RED", "a name by number")

    check.equal(kit.KIT_VERSION, 3)
    check.equal(kit.KIT_BIG, 0xffffffffffffffffULL)
    check.equal(kit.KIT_RATIO, 0.25)
    check.equal(kit.KIT_NAME, "kit")
    check.equal(kit.KIT_FLAG_A, 16)
    check.equal(kit.KIT_ORIGIN.x + kit.KIT_ORIGIN.y, 3, "a constant that is a structure")

    check.equal(kit.kit_square(12), 144, "an inline function")
    local text = ffi.new "char[64]"
    check.equal(kit.kit_format(text, 64, "%d %s %.2f", ffi.new("int", 7), "sieben", 0.5), 13, "a variadic function")
    check.equal(ffi.string(text), "7 sieben 0.50")

    check.equal(kit.kit_sum(ffi.new("double[4]", 1, 2, 3, 4), 4), 10, "an array of the FFI's")
    check.equal(kit.kit_sum({ 1, 2, 3.5 }, 3), 6.5, "a table")
    local names = assert(nlib.load { name = "names", code = [[
        int count(const char *const *names) { int n = 0; while (names[n]) n++; return n; }
    ]] })
    for _, list in ipairs { {}, { "one" }, { "one", "two" } } do
        check.equal(names.count(list), #list, "a NULL behind the pointers of a table")
    end
    local floats = kit.new("float[3]", { 1, 2, 3 })
    kit.kit_double_all(floats, 3)
    check.equal(floats[0] + floats[1] + floats[2], 12, "an array that C changes")

    local counter = kit.kit_counter_new(5)
    check.equal(kit.kit_counter_next(counter), 5)
    check.equal(kit.kit_counter_next(counter), 6, "an opaque pointer")
    kit.kit_counter_free(counter)
end

function cells.struct(with)
    local kit = kit_of(with)
    local middle = kit.kit_mid({ 0, 0 }, { x = 2, y = 4 })
    check.equal(middle.x, 1, "by value, from tables")
    check.equal(middle.y, 2)
    check.equal(kit.kit_mid(middle, kit.types.kit_point(3, 4)).x, 2, "by value, from structures")

    local point = kit.new("kit_point", 1, 2)
    kit.kit_move(point, 10, 20)
    check.equal(point.x, 11, "by pointer")
    check.equal(point.y, 22)

    local packet = kit.new "kit_packet"
    kit.kit_fill(packet)
    check.equal(packet.tag, 7)
    check.equal(packet.low, 5, "a bit-field")
    check.equal(packet.high, 4097, "a bit-field")
    for index, value in ipairs { 1, -2, 3, -4 } do
        check.equal(packet.samples[index - 1], value, "an array")
    end
    check.equal(packet.corner.x, 0.5, "a nested structure")
    check.equal(packet.corner.y, 1.5)
    check.equal(packet.number, 42, "an unnamed union")
    check.equal(ffi.string(packet.style.label), "edge")
    check.equal(packet.style.color, kit.KIT_BLUE, "an unnamed structure")
    check.equal(kit.kit_packet_sum(packet), 4191)
    packet.low, packet.number, packet.style.color = 1, 2, kit.KIT_RED
    packet.real = 1
    check.equal(packet.number, 0x3f800000, "the union's other member")
    packet.number = 2
    check.equal(kit.kit_packet_sum(packet), 4191 - 4 - 40 - 39, "what Lua wrote")
    check.equal(kit.kit_packet_sum { tag = 1, style = { color = kit.KIT_GREEN } }, 3, "a structure from a table")
    check.equal(kit.new("kit_packet", { style = { color = "KIT_BLUE" } }).style.color, 40, "an enumerator by name")

    local quotient, remainder = kit.new "int[1]", kit.new "int[1]"
    check.equal(kit.kit_divide(17, 5, quotient, remainder), true, "out parameters")
    check.equal(quotient[0], 3)
    check.equal(remainder[0], 2)
    check.equal(kit.kit_divide(1, 0, quotient, remainder), false)
    check.equal(kit.sizeof "kit_packet", 56)
end

cells["wrong-arguments"] = function(with)
    local kit = kit_of(with)
    local before = kit.kit_calls
    check.raises(function() kit.kit_add(1) end, "calls.lua:", "wrong number of arguments to 'kit_add' (1 given, 2 needed)",
        "int kit_add(int a, int b)")
    check.raises(function() kit.kit_add(1, 2, 3) end, "(3 given, 2 needed)")
    check.raises(function() kit.kit_add(1, 2, nil) end, "(3 given, 2 needed)")
    check.raises(function() kit.kit_length() end, "(0 given, 1 needed)")
    check.raises(function() kit.kit_add(1, {}) end, "calls.lua:", "bad argument #2 to 'kit_add' (b: ")
    check.raises(function() kit.kit_add("1", 2) end, "bad argument #1 to 'kit_add' (a: ")
    check.raises(function() kit.kit_add(nil, 2) end, "bad argument #1")
    check.raises(function() kit.kit_greeting(1) end, "(1 given, 0 needed)")
    check.raises(function() kit.kit_length(12) end, "bad argument #1 to 'kit_length' (text: ")
    check.raises(function() kit.kit_next_color "KIT_PINK" end, "'KIT_PINK' is no value of kit_color", "KIT_RED")
    check.raises(function() kit.kit_move({ 1, 2 }, 1, 1) end, "bad argument #1 to 'kit_move' (point: ")
    check.raises(function() kit.kit_move(kit.new "kit_packet", 1, 1) end, "bad argument #1 to 'kit_move' (point: ")
    check.raises(function() kit.kit_mid({ {}, {} }, { 1, 2 }) end, "bad argument #1 to 'kit_mid'")
    check.raises(function() kit.kit_each({}, 0, 5, nil) end, "bad argument #3 to 'kit_each' (visit: ")
    check.raises(function() kit.kit_each({}, 0, {}, nil) end, "bad argument #3 to 'kit_each' (visit: ")
    check.raises(function() kit.kit_sum({ "x" }, 1) end, "bad argument #1 to 'kit_sum' (values: ")
    check.raises(function() kit.kit_format(ffi.new "char[4]", 4) end, "(2 given, 3 needed at least)")
    check.equal(kit.kit_calls, before, "nothing was called")

    check.raises(function() kit.new "kit_pont" end, "no type is called 'kit_pont'")
    -- Nothing but variables can be assigned, whether it was read before or not.
    for _ = 1, 2 do
        check.raises(function() kit.KIT_RED = 2 end, "calls.lua:", "'KIT_RED' is no variable of kit")
        check.raises(function() kit.kit_add = 2 end, "calls.lua:", "'kit_add' is no variable of kit")
        check.raises(function() kit.symbols.KIT_RED = 2 end, "calls.lua:", "'KIT_RED' is no variable of kit")
        check.equal(kit.KIT_RED + kit.symbols.KIT_RED, 2)
        check.equal(type(kit.kit_add), "function")
    end
    check.raises(function() kit.kit_calls = "many" end, "cannot convert 'string' to 'int'")
    -- The same in compiled code: errors that come after the call has been hot.
    local function add(from, last)
        local sum = 0
        for i = from, last do
            sum = sum + kit.kit_add(i, i == 100000 and "x" or 1)
        end
        return sum
    end
    check.raises(function() add(1, 100000) end, "bad argument #2 to 'kit_add' (b: ")
    check.equal(add(1, 1000), 1000 * 1001 / 2 + 1000)
end

-- Compiled code gives what the interpreter gives, with callbacks and without.
function own.compiled(with)
    local kit = kit_of(with)
    local function sum(last)
        local total = 0
        for i = 1, last do
            total = total + kit.kit_add(i, 1) + kit.kit_half(i)
        end
        return total
    end
    local expected = 1000 * 1001 / 2 * 1.5 + 1000
    check.equal(sum(1000), expected)
    local heard = 0
    local listener = kit:callback("kit_listener", function(_, value)
        heard = heard + value + sum(1000) - expected
    end)
    kit.kit_listen(listener, nil)
    for _ = 1, 1000 do
        kit.kit_emit(1)
    end
    check.equal(heard, 1000, "callbacks from a loop that is compiled")
    check.equal(sum(1000), expected, "while a callback exists")
    local add = kit:leaf "kit_add"
    local total = 0
    for i = 1, 1000 do
        total = total + add(i, 0)
    end
    check.equal(total, 1000 * 1001 / 2, "a leaf")
    kit.kit_listen(nil, nil)
    listener:free()
    check.equal(sum(1000), expected, "after it has ended")
    check.equal(kit:pointer "kit_add"(2, 3), 5, "the bare pointer")
    check.equal(kit:pointer "kit_calls"[0], kit.kit_calls, "a pointer to a variable")
end

function own.text(with)
    local kit = assert(nlib.load { source = with.fixtures .. "kit.c", strings = false })
    check.equal(ffi.string(kit.kit_greeting()), "grüß dich", "strings = false: a pointer")
end

return { cells = cells, own = own }
