-- Sources that do not compile, names that are not there, headers that cannot be read.

local check = require "check"
local nlib = require "nlib"

local cells, own = {}, {}

function cells.error(with)
    check.write("bad.c", "int area(int side) {\n    return side * sied;\n}\n")
    local library, err = nlib.load { source = "bad.c" }
    check.fails("compile", library, err)
    check.truth(nlib.is_error(err), "an error of nlib's")
    check.equal(#err.diagnostics, 1)
    local found = err.diagnostics[1]
    check.contains(found.file, "bad.c")
    check.equal(found.line, 2)
    check.equal(found.column, 19)
    check.equal(found.severity, "error")
    check.contains(found.text, "use of undeclared identifier 'sied'")
    check.contains(err, "bad.c:2:19")
    -- As Lua people see errors: nil and the error, or an error that is raised.
    check.raises(function() assert(nlib.load { source = "bad.c" }) end, "bad.c:2:19: error: use of undeclared identifier 'sied'")
    local shown = io.popen(('LUA_PATH="%s?.lua;;" luajit -e \'assert(require "nlib".load "bad.c")\' 2>&1'):format(with.package)):read "*a"
    check.contains(shown, "bad.c:2:19: error: use of undeclared identifier 'sied'")

    check.fails("usage", nlib.load "no_such_library")
    check.contains(check.fails("usage", nlib.load "sqlite"), "sqlite3")
    check.write("bad.json", '{ "manifest-version": 1, "name": "bad", "units": 3 }')
    local wrong = check.fails("manifest", nlib.load "bad.json")
    check.contains(wrong, "units")
    check.fails("link", nlib.load { code = "int nowhere(void); int here(void) { return nowhere(); }", name = "unresolved" })
end

function cells.retry()
    check.write("again.c", "int answer(void) { return 42 }\n")
    check.fails("compile", nlib.load { source = "again.c" })
    check.write("again.c", "int answer(void) { return 42; }\n")
    check.equal(assert(nlib.load { source = "again.c" }).answer(), 42)
end

cells["missing-symbol"] = function(with)
    local kit = assert(nlib.load { source = with.fixtures .. "kit.c" })
    local err = check.raises(function() return kit.kit_ad end, "failures.lua:", "kit_ad", "kit_add")
    check.equal(err.kind, "symbol")
    check.equal(err.near[1], "kit_add")
    check.raises(function() return kit.types.kit_pont end, "kit_pont")
    check.raises(function() return kit:symbol "kit_ad" end, "kit_add")
    check.raises(function() return kit[1] end, "a number is none")
    check.equal(kit.kit_add(1, 1), 2, "the name that was meant")
    -- A name is not cut at a NUL byte.
    for _, f in ipairs {
        function() return kit["kit_add\0x"] end, function() return kit:symbol "kit_add\0x" end,
        function() return kit:pointer "kit_add\0x" end, function() return kit:describe "kit_add\0x" end,
        function() kit["kit_calls\0x"] = 1 end,
    } do
        check.raises(f, "kit_")
    end
    check.fails("usage", nlib.load { code = "int a;", name = "a\0b" })
    -- What the library has and its headers do not declare.
    check.write("quiet.h", "int loud(void);\n")
    check.write("quiet.c", "int loud(void) { return 1; }\nint quiet(void) { return 2; }\n")
    local quiet = assert(nlib.load { source = "quiet.c" })
    check.equal(quiet.loud(), 1)
    check.raises(function() return quiet.quiet end, "its headers do not declare it", 'lib:symbol("quiet"')
    check.equal(quiet:symbol("quiet", "int (*)(void)")(), 2)
end

cells["bad-header"] = function()
    check.write("odd.h", "int fine(void);\nint broken(nosuchtype value);\n")
    check.write("odd.c", "int fine(void) { return 3; }\n")
    local odd = assert(nlib.load { source = "odd.c" })
    local err = check.raises(function() return odd.fine end, "headers of odd cannot be read", "odd.h:2:", "nosuchtype", "lib:symbol(")
    check.equal(err.kind, "compile")
    check.equal(err.diagnostics[1].line, 2)
    check.equal(odd:symbol("fine", "int (*)(void)")(), 3, "by its symbol")
    check.raises(function() odd:symbol("fine", "int (*)(void)")(1) end, "(1 given, 0 needed)")
    check.raises(function() odd:symbol("fine", "int (*)(nosuch)") end, "no type is called 'nosuch'")
    check.truth(odd:unload())
end

-- What LuaJIT cannot express is an error of the one function that needs it.
function own.unsupported()
    local lib = assert(nlib.load { name = "wide", code = [[
        long double wide(long double value) { return value; }
        typedef struct { int before; long double value; int after; } holder;
        int after(const holder *from) { return from->after; }
        int plain(void) { return 1; }
        __int128 huge(void) { return 1; }
    ]] })
    check.raises(function() return lib.wide end, "'long double wide(long double value)' cannot be called from LuaJIT", "long double")
    check.raises(function() return lib.huge end, "huge")
    check.equal(lib.plain(), 1)
    local holder = lib.new "holder"
    check.equal(lib.sizeof "holder", 48)
    holder.before, holder.after = 1, 9
    check.equal(lib.after(holder), 9, "the fields around it")
    check.raises(function() return lib.types["long double"] end, "long double")
end

return { cells = cells, own = own }
