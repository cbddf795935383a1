-- Pointers to functions in structures, parameters and results.
--
-- Where the FFI sees a pointer to a function it takes a Lua function and makes a callback of it that nothing
-- guards: an error in it would unwind C frames, a call from another thread or from compiled Lua code ends
-- the process. So pointers to functions are given to the FFI as pointers to a structure of which nothing
-- is known, one for each type of function: they take what lib:callback gives and any `void *`, refuse Lua
-- functions, and can be called.

local ffi = require "ffi"
local functions

local by_key = {}
local number = 0

local code = {}

local function tag_for(name)
    local readable = name and name:gsub("::", "_"):gsub("[^%w_]+", "_") or "function"
    repeat
        number = number + 1
        local tag = ("%s__callback_%d"):format(readable, number)
        if not pcall(ffi.typeof, "struct " .. tag) then
            return tag
        end
    until false
end

-- The ctype of pointers to functions of that type; `name` is what the header calls it, or nil.
function code.pointer(types, type, name)
    local key = types:key(type)
    local found = by_key[key]
    if not found then
        local tag = tag_for(name)
        ffi.cdef("struct " .. tag .. ";")
        found = { tag = tag, pointer = ffi.typeof("struct " .. tag .. " *") }
        by_key[key] = found
        ffi.metatype("struct " .. tag, {
            __call = function(pointer, ...)
                return found.call(pointer, ...)
            end,
        })
    end
    -- Calls go by the types of the library that had the type last; the pointer alone does not keep that library.
    local last = setmetatable({ types = types }, { __mode = "v" })
    found.call = function(pointer, ...)
        if not last.types then
            error(("the library that %s is of was collected; keep its table"):format(name or found.tag), 3)
        end
        functions = functions or require "nlib.functions"
        found.call = functions.through_pointer(last.types, type, name or found.tag)
        return found.call(pointer, ...)
    end
    return found.pointer
end

return code
