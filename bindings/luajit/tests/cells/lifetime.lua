-- Reloading and unloading.

local check = require "check"
local nlib = require "nlib"

local cells, own = {}, {}

function cells.reload()
    check.write("live.c", "typedef struct { int a; } state;\nint version(void) { return 1; }\nint get(state *s) { return s->a; }\nint old(void) { return 1; }\n")
    local live = assert(nlib.load { source = "live.c" })
    local version, get, old = live.version, live.get, live.old
    check.equal(version(), 1)
    check.equal(get(live.new("state", { 4 })), 4)
    check.equal(live:reload(), live, "nothing has changed")
    check.equal(version(), 1)

    check.write("live.c", "int version(void) { return 2 }\n")
    check.fails("compile", live:reload())
    check.equal(live.version(), 1, "the old code stays in use")

    check.write("live.c", "typedef struct { double b; int a; } state;\nint version(void) { return 2; }\nint get(state *s) { return s->a + (int)s->b; }\nint more(int n) { return n + 1; }\n")
    assert(live:reload())
    check.equal(live.version(), 2, "the new code")
    check.equal(version(), 2, "a function that was taken before")
    check.equal(live.get(live.new("state", { b = 2, a = 3 })), 5, "a structure that has changed")
    check.equal(get(live.new("state", { b = 2, a = 3 })), 5)
    check.equal(live.more(1), 2, "a function that is new")
    check.raises(function() old() end, "old")
    check.equal(assert(nlib.load { source = "live.c" }).version(), 2, "a new load")

    check.write("live.c", "int version(void) { return VERSION; }\n")
    local other = assert(nlib.load { source = "live.c", defines = { VERSION = 3 } })
    check.equal(other.version(), 3)
    assert(other:reload { defines = { VERSION = 4 }, discard = true })
    check.equal(other.version(), 4, "with other options; the old code is unloaded")
    check.truth(other:unload())
end

local departing = [[
    #include <stdio.h>
    int here(void) { return 1; }
    __attribute__((destructor)) static void leave(void) {
        FILE *file = fopen("left", "w");
        if (file) fclose(file);
    }
]]

local function exists(path)
    local file = io.open(path, "rb")
    return file ~= nil and file:close()
end

function cells.unload()
    local lib = assert(nlib.load { code = departing, name = "departing" })
    check.equal(lib.here(), 1)
    check.truth(not exists "left", "not yet")
    check.equal(lib:unload(), true)
    check.truth(exists "left", "the destructor has run")
    check.equal(tostring(lib), "library departing (unloaded)")
end

cells["after-unload"] = function(with)
    local kit = assert(nlib.load { source = with.fixtures .. "kit.c" })
    local add, mid, types = kit.kit_add, kit.kit_mid, kit.types
    local point = kit.new "kit_point"
    local listener = kit:callback("kit_listener", print)
    for _ = 1, 200 do
        add(1, 2) -- compiled by now
    end
    check.truth(kit:unload())
    check.raises(function() add(1, 2) end, "lifetime.lua:", "'kit_add' cannot be called: kit was unloaded")
    check.raises(function() mid(point, point) end, "kit was unloaded")
    check.raises(function() return kit.kit_add end, "kit was unloaded; load it again")
    check.raises(function() return kit.kit_calls end, "kit was unloaded")
    check.raises(function() kit.kit_calls = 1 end, "kit was unloaded")
    check.raises(function() return kit.KIT_RED end, "kit was unloaded")
    check.raises(function() return types.kit_packet end, "kit was unloaded")
    check.raises(function() kit:callback("kit_listener", print) end, "kit was unloaded")
    check.raises(function() kit:symbol "kit_add" end, "kit was unloaded")
    check.raises(function() kit:names() end, "kit was unloaded")
    check.equal(tostring(listener), "callback 'kit_listener' (ended)")
    check.fails("unloaded", kit:unload())
    check.fails("unloaded", kit:reload())
    check.equal(point.x, 0, "memory of Lua's stays")

    local lib = assert(nlib.load { source = with.fixtures .. "kitpp.cpp" })
    local tally, next = lib.kit.Tally(1), lib.kit
    check.truth(lib:unload())
    check.raises(function() tally:next() end, "kitpp was unloaded")
    check.raises(function() next.Tally() end, "kitpp was unloaded")
    tally = nil
    collectgarbage() -- its destructor is gone with the library, and is not called
    collectgarbage()
    check.equal(assert(nlib.load { source = with.fixtures .. "kit.c" }).kit_add(1, 2), 3, "loaded again")
end

cells["unload-in-callback"] = function(with)
    local kit = assert(nlib.load { source = with.fixtures .. "kit.c" })
    local refused
    check.equal(kit.kit_each({ { 1, 2 }, { 3, 4 } }, 2, function(index)
        local done, err = kit:unload()
        refused = check.fails("in-use", done, err)
        return index
    end, nil), 1, "the call goes on")
    check.equal(refused.kind, "in-use")
    check.equal(kit.kit_add(1, 2), 3, "and the library is as it was")
    check.equal(kit:unload(), true, "afterwards")
end

-- A table of a library that nobody has any more does not keep it from being unloaded.
function own.handles()
    check.write("twice.c", "int one(void) { return 1; }\n")
    local first = assert(nlib.load { source = "twice.c" })
    local second = assert(nlib.load { source = "twice.c" })
    check.contains(check.fails("in-use", first:unload()), "twice")
    check.equal(first.one() + second.one(), 2)
    second = nil
    check.truth(first:unload())
end

return { cells = cells, own = own }
