-- Types: names that clash, layouts, declarations, help.

local check = require "check"
local declaration = require "nlib.declaration"
local ffi = require "ffi"
local library = require "nlib.library"
local nlib = require "nlib"
local records = require "nlib.records"

local own = {}

-- Libraries and the program may declare one name differently.
function own.clash()
    ffi.cdef "typedef struct thing { char mine[3]; } thing;"
    local one = assert(nlib.load { name = "one", code = "typedef struct thing { int a; } thing; int get(thing t) { return t.a; }" })
    local two = assert(nlib.load { name = "two", code = "typedef struct thing { double a, b; } thing; double get(thing t) { return t.b; }" })
    check.equal(one.get { 5 }, 5)
    check.equal(two.get { 5, 6 }, 6)
    check.equal(one.sizeof "thing", 4)
    check.equal(two.sizeof "thing", 16)
    check.equal(ffi.sizeof "thing", 3)
    check.raises(function() two.get(one.new "thing") end, "cannot convert")
    ffi.cdef "struct later { int x; };"
    local three = assert(nlib.load { name = "three", code = "struct later { long y; }; long get(struct later *l) { return l->y; }" })
    check.equal(three.get(three.new("struct later", { 3 })), 3)
    ffi.cdef "struct one_more { int x; };"
end

-- Equal records of two libraries are one type; opaque ones are that of a library it was loaded with.
function own.shared()
    check.write("base.h", "typedef struct base { int a; struct base *next; } base;\nbase *base_make(int a);\n")
    check.write("base.c", "#include \"base.h\"\n#include <stdlib.h>\nbase *base_make(int a) { base *b = calloc(1, sizeof *b); b->a = a; return b; }\n")
    check.write("base.json", '{ "manifest-version": 1, "name": "base", "units": [{ "src": "base.c" }], "public-headers": ["base.h"], "include-dirs": ["."] }')
    check.write("user.h", "struct base;\nint user_get(const struct base *b);\n")
    check.write("user.c", "#include \"user.h\"\n#include \"base.h\"\nint user_get(const struct base *b) { return b->a; }\n")
    local base = assert(nlib.load "base.json")
    local user = assert(nlib.load { source = "user.c", with = "base.json" })
    check.equal(user.user_get(base.base_make(7)), 7, "a record that is opaque there")
    local copy = assert(nlib.load { source = "base.c", name = "copy" })
    check.equal(copy.types.base, base.types.base, "equal records")
end

-- Every record of big libraries has the size, the alignment and the offsets that the compiler gave it.
function own.layouts()
    local count = 0
    for _, name in ipairs { "flecs", "sqlite3", "imgui" } do
        local lib = assert(nlib.load(name))
        local types = library.of(lib).generation.types
        for _, record in ipairs(lib:names "record") do
            local entry = records.entry(types, record)
            if entry.form ~= "opaque" then
                count = count + 1
                check.equal(ffi.sizeof(entry.ctype), tonumber(entry.description.size), record)
                check.equal(ffi.alignof(entry.ctype), tonumber(entry.description.alignment), record)
                for _, field in ipairs(entry.fields) do
                    local offset, bit = nil, nil
                    if field.name then
                        offset, bit = ffi.offsetof(entry.ctype, field.name)
                    end
                    if offset and field.bits then
                        check.equal(offset * 8 + bit, tonumber(field.bits.offset), record .. "." .. field.name)
                    elseif offset then
                        check.equal(offset, tonumber(field.offset), record .. "." .. field.name)
                    end
                end
            end
        end
    end
    check.truth(count > 200, "more than 200 records")

    -- LuaJIT has no bit-fields wider than 32 bits, and lays out none of a structure that has one.
    local lib = assert(nlib.load { name = "wide_bits", code = [[
        enum mode { OFF, ON = -3 };
        typedef struct {
            unsigned a : 3; long long wide : 40; enum mode mode : 4; _Bool set : 1; unsigned long top : 63; int last;
        } bits;
        typedef struct { int first; struct { long within : 50; int more : 2; }; int last; } outer;
        outer nested(void) { return (outer){ 1, { -5, 1 }, 2 }; }
        typedef union { long bits : 50; int number; } either;
        bits filled(void) { bits b = { 5, -(1LL << 39), ON, 1, (1UL << 63) - 1, 9 }; return b; }
        int same(const bits *b) {
            return b->a == 2 && b->wide == -7 && b->mode == OFF && !b->set && b->top == 3 && b->last == 9;
        }
    ]] })
    local bits = lib.filled()
    check.equal(bits.a, 5)
    check.equal(bits.wide, -2LL ^ 39)
    check.equal(bits.mode, -3)
    check.equal(bits.set, true)
    check.equal(bits.top, 0x7fffffffffffffffULL)
    bits.a, bits.wide, bits.mode, bits.set, bits.top = 10, -7, lib.OFF, false, 3ULL
    check.equal(lib.same(bits), 1)
    check.equal(lib.cast("bits *", bits).wide, -7LL, "through a pointer")
    check.raises(function() bits.a = "five" end, "convert")
    local outer = lib.nested()
    outer.more = -2
    check.equal(outer.first + tonumber(outer.within) + outer.more + outer.last, 1 - 5 - 2 + 2, "in an unnamed structure")
    local either = lib.new "either"
    either.bits = -9
    check.equal(either.bits, -9LL)
    check.raises(function() return either.number end, "either.number cannot be reached")
    check.raises(function() return bits.b end, "has no field or method 'b'")
end

-- Whole numbers that a Lua number cannot hold stay what they are.
function own.enumerators()
    local lib = assert(nlib.load { name = "wide", code = [[
        enum wide { LARGEST = 0x7fffffffffffffff, ODD = 0x20000000000001, SMALL = 3 };
        enum lowest { LOWEST = -0x20000000000001 };
        enum wide same(enum wide value) { return value; }
    ]] })
    check.equal(lib.LARGEST, 0x7fffffffffffffffULL)
    check.equal(lib.ODD, 0x20000000000001ULL)
    check.equal(lib.LOWEST, -0x20000000000001LL)
    check.equal(lib.SMALL, 3)
    check.equal(lib.enums.wide.ODD, 0x20000000000001ULL)
    check.equal(lib.enums.wide[3], "SMALL")
    check.equal(lib.same "ODD", 0x20000000000001ULL, "by name")
    check.equal(lib.same(lib.ODD), 0x20000000000001ULL)
    check.raises(function() lib.same "EVEN" end, "LARGEST, ODD, SMALL")
end

function own.declarations()
    local function lookup(name)
        return name:find "^kit" and { kind = "typedef", name = name } or nil
    end
    for text, expected in pairs {
        ["const kit_point *[4]"] = "const kit_point *[4]",
        ["int (*)(int, const kit::point *p, ...)"] = "int (*)(int, const kit::point *p, ...)",
        ["long unsigned int long"] = "unsigned long",
        ["struct kit_a * const *"] = "kit_a *const *",
        ["void (*(*)(void))(int x[3])"] = "void (*(*)())(int *x)",
        ["int (*[3])(float)"] = "int (*[3])(float)",
        ["kit_a const&"] = "const kit_a *",
    } do
        check.equal(declaration.text(declaration.parse(text, lookup)), expected, text)
    end
    for text, why in pairs {
        ["int (*"] = "')' is expected at the end", ["int ("] = "it names none", ["nosuch *"] = "no type is called 'nosuch'", ["int 5"] = "'5' is one too many",
        ["*"] = "it names none", ["int[x]"] = "an array's length", [""] = "it names none",
    } do
        check.raises(function() declaration.parse(text, lookup) end, why)
    end
end

function own.help(with)
    local kit = assert(nlib.load { source = with.fixtures .. "kit.c" })
    local text = kit:describe "kit_add"
    check.contains(text, "int kit_add(int a, int b)")
    check.contains(text, "Adds two numbers.")
    check.contains(text, "kit.h:")
    check.contains(kit:describe "kit_point", "To the right.")
    check.contains(kit:describe "KIT_VERSION", "KIT_VERSION = 3")
    check.contains(kit:describe "kit_visitor", "typedef int (*kit_visitor)(int index, const kit_point *point, void *data)")
    local names = table.concat(kit:names "function", " ")
    check.contains(names, "kit_add")
    check.truth(not names:find("KIT_RED", 1, true), "functions only")
    check.contains(table.concat(kit:names(), " "), "KIT_RED")
    check.raises(function() kit:help "kit_ad" end, "kit_add")
    local lib = assert(nlib.load { source = with.fixtures .. "kitpp.cpp" })
    check.contains(lib:describe "kit::Tally", "int kit::Tally::next()")
    check.contains(lib:describe "kit::area", "= Size(2, 3), float scale = 1)")
    check.equal(kit:items "kit_add"[1].symbol, "kit_add")
end

-- The modules of the rockspec are those that there are.
function own.package(with)
    local spec = setfenv(assert(loadfile(with.package .. "nlib-0.1.0-1.rockspec")), {})
    local environment = getfenv(spec)
    spec()
    local listed = environment.build.modules
    check.equal(listed.nlib, "nlib.lua")
    local files = io.popen('ls "' .. with.package .. 'nlib"'):read "*a"
    for file in files:gmatch "([%w_]+)%.lua\n" do
        check.equal(listed["nlib." .. file], "nlib/" .. file .. ".lua", "the rockspec")
        check.equal(type(require("nlib." .. file)), "table")
    end
    for _, path in pairs(listed) do
        check.read(with.package .. path)
    end
end

return { cells = {}, own = own }
