-- Loading: by path, by name, from memory, beside the program, with messages.

local check = require "check"
local nlib = require "nlib"

local cells, own = {}, {}

function cells.load(with)
    local kit = assert(nlib.load { source = with.fixtures .. "kit.c" })
    check.equal(kit:name(), "kit", "the name")
    check.equal(kit.KIT_VERSION, 3, "the version")
    check.equal(kit.kit_add(1, 2), 3)

    local sqlite = assert(nlib.load "sqlite3")
    check.equal(sqlite:name(), "sqlite3")
    check.equal(sqlite.sqlite3_libversion(), sqlite.SQLITE_VERSION)

    local text = assert(nlib.load { code = "int cube(int side) { return side * side * side; }", name = "cube" })
    check.equal(text.cube(3), 27, "source text in memory")
    local cpp = assert(nlib.load { code = "namespace deep { int half(int n) { return n / 2; } }", language = "c++", name = "half" })
    check.equal(cpp.deep.half(8), 4, "C++ in memory")

    local task = assert(nlib.start { source = with.fixtures .. "kit.c", name = "beside" })
    local beside = assert(task:wait())
    check.truth(task:done(), "done")
    check.equal(beside.kit_add(20, 22), 42, "loaded beside the program")
end

function own.options()
    local defines = assert(nlib.load {
        code = "int number(void) { return NUMBER; }\n#ifdef BARE\nint bare(void) { return 1; }\n#endif\n",
        name = "defines", defines = { NUMBER = 42, BARE = true }, flags = { "-O1" }, profile = "dev",
    })
    check.equal(defines.number(), 42, "defines")
    check.equal(defines.bare(), 1, "a define without a value")

    check.write("part.h", "int part(void);\n")
    check.write("part.c", "#include \"part.h\"\nint part(void) { return 7; }\n")
    local several = assert(nlib.load {
        sources = { "part.c", { code = "#include \"part.h\"\nint whole(void) { return 2 * part(); }", name = "whole.c" } },
        name = "several", include_dirs = { "." },
    })
    check.equal(several:symbol("whole", "int (*)(void)")(), 14, "several sources")

    local manifest = '{ "manifest-version": 1, "name": "mine", "units": [{ "src": "part.c" }], "public-headers": ["part.h"] }'
    check.equal(assert(nlib.load { manifest_text = manifest, manifest_folder = "." }).part(), 7, "manifest text")
    check.write("mine.json", manifest)
    check.equal(assert(nlib.load "mine.json").part(), 7, "a manifest by path")
    check.equal(assert(nlib.load { manifest = "mine.json", linker = "jit" }).part(), 7, "a manifest by keyword")

    local err = check.fails("usage", nlib.load { sorce = "part.c" })
    check.contains(err, "'sorce'; did you mean 'source'?")
    check.contains(check.fails("usage", nlib.load {}), "name what to load")
    check.contains(check.fails("usage", nlib.load { code = "", library = "lua" }), "exclude each other")
    check.contains(check.fails("usage", nlib.load { code = 3 }), "'code' is a string, not a number")
    check.contains(check.fails("usage", nlib.load { code = "", linker = "gold" }), "no linker 'gold'")
    check.contains(check.fails("usage", nlib.load { code = "", defines = { A = {} } }), "'defines'")
    check.contains(check.fails("usage", nlib.load { code = "", flags = { 1 } }), "item 1 of 'flags'")
    check.fails("usage", nlib.load(3))
end

function own.tasks()
    local err = check.fails("usage", nlib.start { sorce = "" })
    check.contains(err, "nlib.load has no option")

    local bad = assert(nlib.start { code = "int broken(", name = "broken" })
    check.contains(check.fails("compile", bad:wait()), "broken")
    check.truth(bad:done(), "a failed task is done")
    check.fails("compile", bad:wait())

    local given_up = assert(nlib.start { code = "int given_up(void) { return 1; }", name = "given_up", flags = { "-DAT=" .. os.time() } })
    given_up:cancel()
    local library, why = given_up:wait()
    check.truth(library or why.kind == "cancelled", "a cancelled task is cancelled, or was done before")

    local waiting = assert(nlib.start { code = "int waiting(void) { return 5; }", name = "waiting" })
    local found, pending
    repeat
        found, pending = waiting:wait(1)
        check.truth(found or pending.kind == "pending", "loaded or pending")
    until found
    check.equal(found.waiting(), 5)
    check.equal(waiting:wait(), found, "the library again")
end

function own.messages()
    local steps, lines = {}, {}
    local context = assert(nlib.open {
        cache_directory = "cache",
        progress = function(step)
            steps[#steps + 1] = step.kind
            check.equal(step.library, step.kind == "compiles" and "" or "told", "the library of " .. step.kind)
        end,
        log = function(level, message)
            lines[#lines + 1] = level .. ": " .. message
        end,
    })
    local told = assert(context:load { code = "int told(void) { return 6; }", name = "told" })
    local all = table.concat(steps, " ")
    check.equal(all, "compiles compile-started unit-ready loaded")
    check.contains(table.concat(lines, "\n"), "info: told: compiling")
    check.equal(told.told(), 6)
    check.truth(told:unload())

    local here = check.fails("compile", context:load { code = "int", name = "told", language = "c++" })
    check.contains(here, "told")
    context:close()
    check.fails("handle", context:load { code = "int x;" })
    check.contains(check.fails("usage", nlib.open { cash = "on" }), "did you mean 'cache'?")
    check.fails("usage", nlib.open { cache = "sometimes" })
end

return { cells = cells, own = own }
