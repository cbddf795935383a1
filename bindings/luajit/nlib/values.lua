-- Constants and variables.

local ffi = require "ffi"
local records = require "nlib.records"
local types_module = require "nlib.types"

jit.off(true, true)

local values = {}

local numbers = { inf = math.huge, ["-inf"] = -math.huge, nan = 0 / 0 }

local function fill(types, object, entry, list)
    for index, field in ipairs(entry.description.fields) do
        local value = list[index]
        if value ~= nil then
            local resolved = types:resolve(field.type)
            if (field.name or "") == "" then
                fill(types, object, records.entry(types, resolved.name), value)
            elseif resolved.kind == "array" and type(value) == "table" then
                for position, each in ipairs(value) do
                    object[field.name][position - 1] = values.of(types, resolved.of, each)
                end
            elseif resolved.kind == "record" then
                fill(types, object[field.name], records.entry(types, resolved.name), value)
            elseif resolved.kind ~= "pointer" or type(value) ~= "string" then
                object[field.name] = values.of(types, field.type, value)
            end
        end
    end
    return object
end

-- The Lua value of a constant's value, as docs/interface.md writes it, of that type. A record is a new one each
-- time.
function values.of(types, type_data, value)
    local type = types:resolve(type_data)
    local kind = type.kind
    if kind == "record" then
        local entry = records.entry(types, type.name)
        return fill(types, ffi.new(entry.ctype), entry, value)
    elseif kind == "float" then
        return numbers[value] or tonumber(value)
    elseif kind == "pointer" then
        local to = types:resolve(type.to)
        if to.kind == "character" and _G.type(value) == "string" then
            return value
        end
        return ffi.cast(types:ctype(type), ffi.cast("intptr_t", types_module.whole(value)))
    elseif kind == "integer" or kind == "character" or kind == "enum" then
        return types_module.whole(value)
    end
    return value
end

-- Whether each use of such a constant must make a new value.
function values.is_fresh(types, type_data)
    return types:resolve(type_data).kind == "record"
end

-- A pointer to a variable of the library.
function values.pointer(generation, item)
    local types = generation.types
    local type = types:resolve(item.type)
    if type.kind == "array" and not type.length then
        type = { kind = "array", of = type.of, length = 0 }
    end
    local known, ctype = pcall(types.ctype, types, type)
    if not known then
        if _G.type(ctype) == "table" and ctype.unsupported then
            error(("variable %s is %s, which LuaJIT does not have"):format(item.name, ctype.unsupported), 0)
        end
        error(ctype, 0)
    end
    local pointer = ffi.typeof(type.const and "const $ *" or "$ *", ctype)
    return ffi.cast(pointer, generation.interface:symbol(item.symbol))
end

return values
