-- One loaded code of a library. Reloading makes another; functions know which they belong to.
--
--   library     the library's internals (nlib.library): name, context, ...
--   handle      of nlib.h
--   gate        for calls that may run callbacks; life: for calls that cannot
--   interface, types
--   callbacks   a set of those that live as long as this does
--   loaded      whether its code is in memory
--   replaced    whether a later one took its place

local ffi = require "ffi"
local abi = require "nlib.abi"
local callbacks = require "nlib.callbacks"
local interface = require "nlib.interface"
local types = require "nlib.types"

jit.off(true, true)

local generation = {}

function generation.new(library, handle)
    local made = {
        library = library,
        handle = ffi.gc(handle, abi.release),
        gate = callbacks.gate(),
        life = { open = true },
        loaded = true,
        callbacks = {},
    }
    made.interface = interface.new(made.handle, library.name)
    made.types = types.new(function(kind, name)
        return made.interface:item(kind, name)
    end)
    made.types.generation = made
    return made
end

-- Closes the calls: from now on the uncompiled way is taken, which says what became of it.
function generation.close(made)
    callbacks.shut(made.gate)
    made.life.open = false
end

return generation
