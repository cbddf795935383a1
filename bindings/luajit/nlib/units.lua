-- Small C sources of this module's own, compiled by nlib like any other: callbacks and messages need code
-- that runs on threads where Lua cannot.

local ffi = require "ffi"
local abi = require "nlib.abi"
local errors = require "nlib.errors"

jit.off(true, true)

local units = {}

-- Loads the C text and gives a function from the name of one of its symbols to the address. `context` is a
-- handle of nlib_open's. What is loaded stays until the process ends. Raises the load's error.
function units.load(context, name, text)
    local source = ffi.new("nlib_luajit_source", { name = name .. ".c", language = "c", data = text, size = #text })
    local request = ffi.new("nlib_luajit_request")
    request.struct_size = ffi.sizeof(request)
    request.sources, request.source_count = source, 1
    request.name = name
    local handle = ffi.new("void *[1]")
    local err = errors.take(abi.load(context, request, handle))
    if err then
        errors.raise(err, "nlib could not make what callbacks need: ")
    end
    return function(symbol)
        local address = ffi.new("void *[1]")
        err = errors.take(abi.symbol(handle[0], symbol, address))
        if err then
            errors.raise(err)
        end
        return address[0]
    end
end

return units
