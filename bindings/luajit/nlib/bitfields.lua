-- Bit-fields of records that the FFI does not lay out as C does: it has none wider than 32 bits, and one such
-- makes the whole record bytes to it. They are read and written bit by bit, at their places.

local ffi = require "ffi"
local bit = require "bit"

local bitfields = {}

local bytes_of = ffi.typeof "uint8_t *"
local whole = ffi.typeof "int64_t"
local natural = ffi.typeof "uint64_t"

-- The bit-fields among a record's `fields` that the FFI does not have: by name, their places and what they hold.
-- Those of unnamed records in it are among them, its own if it is not `natural`.
function bitfields.of(types, fields, is_natural)
    local found = {}
    for _, field in ipairs(fields) do
        local named, type = (field.name or "") ~= "", not field.private and types:resolve(field.type)
        if type and type.kind == "record" and not named then
            for name, inner in pairs(types.entries[type.name].bits) do
                found[name] = setmetatable({ first = inner.first + 8 * tonumber(field.offset) }, { __index = inner })
            end
        elseif type and field.bits and named and not is_natural then
            local integer = type.kind == "enum" and types:resolve(types:integer_of(type.name)) or type
            found[field.name] = {
                first = tonumber(field.bits.offset), width = tonumber(field.bits.width), signed = integer.signed,
                long = integer.size == 8, bool = type.kind == "bool", const = type.const,
            }
        end
    end
    return found
end

-- The value of a bit-field of an object, or of what a pointer leads to: int64_t or uint64_t where its type is.
function bitfields.read(object, field)
    local bytes, value = ffi.cast(bytes_of, object), natural(0)
    for place = field.first + field.width - 1, field.first, -1 do
        value = value * 2 + bit.band(bit.rshift(bytes[bit.rshift(place, 3)], bit.band(place, 7)), 1)
    end
    if field.bool then
        return value ~= 0
    elseif field.signed then
        value = ffi.cast(whole, bit.arshift(bit.lshift(value, 64 - field.width), 64 - field.width))
    end
    return field.long and value or tonumber(value)
end

-- Sets a bit-field. What does not fit is cut to its width, as the FFI does it.
function bitfields.write(object, field, value)
    if field.const then
        error("attempt to write to constant location", 3)
    elseif type(value) == "boolean" then
        value = value and 1 or 0
    elseif field.bool then
        value = value ~= 0 and 1 or 0
    end
    local bytes, rest = ffi.cast(bytes_of, object), ffi.cast(natural, whole(value))
    for place = field.first, field.first + field.width - 1 do
        local index, shift = bit.rshift(place, 3), bit.band(place, 7)
        local kept = bit.band(bytes[index], bit.bnot(bit.lshift(1, shift)))
        bytes[index] = bit.bor(kept, bit.lshift(tonumber(bit.band(rest, 1)), shift))
        rest = bit.rshift(rest, 1)
    end
end

return bitfields
