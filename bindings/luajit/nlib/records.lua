-- Structures, unions and classes as ctypes.
--
-- The FFI has one space of names for the whole program, and a name once declared stays. A record is therefore
-- declared under a name of its own, `kit_point__1`, so that it clashes neither with what the program has
-- declared nor with another library's or another version's record of that name. Equal records share one:
-- what was declared is kept, and a record that has the same layout, and leads to the same records, is that
-- ctype again, whichever library has it. So a structure of one library is taken by another, and reloading
-- declares what has changed and no more. (LuaJIT holds at most 65536 types in a process.)
--
-- An entry has
--   name, ctype, tag      the header's name, the ctype and the name that the FFI shows
--   description           as in docs/interface.md
--   form                  "natural" (as C lays it out), "padded" (classes: each field put at its offset),
--                         "bytes" (its fields cannot be expressed), "opaque"
--   bits                  by name, the bit-fields that the FFI does not have (nlib.bitfields)
--   by_value              whether the FFI can pass it by value
--   parts                 by name, what the FFI calls fields that are objects of classes which copy themselves: they
--                         are read by nlib.classes, and cannot be assigned, as the FFI would copy bytes
--   types                 those of the library that used it last
--   owners, methods       of classes: those that have methods for it, the newest last (nlib.classes)

local ffi = require "ffi"
local bitfields = require "nlib.bitfields"
local classes

local pool = {} -- lists of entries by the record's name
local tags = {} -- entries by tag
local number = 0

local records = {}

-- ---- What is to be declared ---------------------------------------------------------------------

local function first_bit(field)
    return field.bits and field.bits.offset or 8 * field.offset
end

-- Sorts fields by their offsets: a base class may lie behind one that is named after it.
local function in_order(list)
    local places = {}
    for place, field in ipairs(list) do
        places[field] = place
    end
    table.sort(list, function(one, other)
        local left, right = first_bit(one), first_bit(other)
        if left == right then
            return places[one] < places[other]
        end
        return left < right
    end)
end

-- All fields, those of the base classes too, as they lie in memory. A field of a base that another one of the same
-- name hides cannot be named.
local function fields_of(types, description)
    local list, names = {}, {}
    for _, field in ipairs(description.fields or {}) do
        names[field.name or ""] = true
    end
    for _, base in ipairs(description.bases or {}) do
        local item = base.offset and types:describe("record", base.name)
        for _, field in ipairs(item and fields_of(types, item) or {}) do
            local moved = {}
            for member, value in pairs(field) do
                moved[member] = value
            end
            moved.offset = field.offset + base.offset
            if field.bits then
                moved.bits = { offset = field.bits.offset + 8 * base.offset, width = field.bits.width }
            end
            if (field.name or "") ~= "" then
                if names[field.name] then
                    moved.name, moved.private = nil, true
                end
                names[field.name] = true
            end
            list[#list + 1] = moved
        end
    end
    local inherits = #list > 0
    for _, field in ipairs(description.fields or {}) do
        list[#list + 1] = field
    end
    if inherits then
        in_order(list)
    end
    return list
end

-- A record that is not declared yet, with the names of those that it leads to.
local function node_of(types, name)
    local description = types:describe("record", name) or { name = name, kind = "struct", opaque = true, size = 0, alignment = 0, fields = {} }
    local node = { name = name, description = description, fields = fields_of(types, description), references = {}, values = {} }
    local text = { description.kind, tostring(description.opaque or false), description.size, description.alignment, #(description.bases or {}) }
    for _, field in ipairs(node.fields) do
        local key = field.private and "private" or types:key(field.type, function(found, behind)
            node.references[found] = true
            if not behind then
                node.values[found] = true
            end
        end)
        text[#text + 1] = ("%s %s %s %s"):format(field.name or "", tostring(field.offset),
            field.bits and (field.bits.offset .. ":" .. field.bits.width) or "", key)
    end
    node.layout = table.concat(text, "\n")
    return node
end

-- The entry of an opaque record in a library that this one was loaded with and that knows what is in it.
local function elsewhere(types, name)
    for _, other in ipairs(types.uses) do
        local item = other:describe("record", name)
        if item and not item.opaque then
            return records.entry(other, name)
        end
    end
    return nil
end

-- The record and all that it leads to and that this library's types do not have yet, by name.
local function gather(types, name, nodes)
    if nodes[name] or types.entries[name] then
        return
    end
    local node = node_of(types, name)
    if node.description.opaque then
        local found = elsewhere(types, name)
        if found then
            types.entries[name] = found
            return
        end
    end
    nodes[name] = node
    for reference in pairs(node.references) do
        gather(types, reference, nodes)
    end
end

-- ---- What is declared already -------------------------------------------------------------------

-- Leaves in each node's `candidates` the entries that are the same record: first all of the same layout,
-- then without those that lead to a record which is not the same, until nothing changes.
local function compare(types, nodes)
    for name, node in pairs(nodes) do
        node.candidates = {}
        for _, entry in ipairs(pool[name] or {}) do
            if entry.layout == node.layout then
                node.candidates[entry] = true
            end
        end
    end
    local function same(entry, reference)
        local there = entry.references[reference]
        local here = nodes[reference]
        if here then
            return here.candidates[there] == true
        end
        return types.entries[reference] == there
    end
    local changed = true
    while changed do
        changed = false
        for _, node in pairs(nodes) do
            for entry in pairs(node.candidates) do
                for reference in pairs(node.references) do
                    if not same(entry, reference) then
                        node.candidates[entry] = nil
                        changed = true
                        break
                    end
                end
            end
        end
    end
end

-- ---- Declaring ----------------------------------------------------------------------------------

local keyword = { union = "union", struct = "struct", class = "struct" }

local function free_tag(name, kind)
    local readable = name:gsub("::", "_"):gsub("[^%w_]+", "_")
    repeat
        number = number + 1
        local tag = ("%s__%d"):format(readable, number)
        local taken = pcall(ffi.typeof, kind .. " " .. tag)
        if not taken then
            return tag
        end
    until false
end

local function forward(node)
    local kind = keyword[node.description.kind] or "struct"
    local tag = free_tag(node.name, kind)
    ffi.cdef(kind .. " " .. tag .. ";")
    local entry = {
        name = node.name, tag = tag, kind = kind, ctype = ffi.typeof(kind .. " " .. tag),
        description = node.description, layout = node.layout, references = {}, owners = {},
        fields = node.fields, parts = {}, bits = {},
    }
    tags[tag] = entry
    return entry
end

-- Text with the parameters of ffi.cdef that go with it.
local Text = {}
Text.__index = Text

function Text:add(text, ...)
    self[#self + 1] = text
    for index = 1, select("#", ...) do
        self.given[#self.given + 1] = (select(index, ...))
    end
end

function Text:pad(bytes)
    if bytes > 0 then
        self.pads = self.pads + 1
        self:add("uint8_t $[" .. bytes .. "]; ", "nlib_padding_" .. self.pads)
    end
end

local function body()
    return setmetatable({ given = {}, pads = 0 }, Text)
end

local function up(offset, alignment)
    return math.ceil(offset / alignment) * alignment
end

-- A field's ctype, nil when there is none that shows what is in it; and whether it is const.
local function field_type(types, field)
    if field.private then
        return nil
    end
    local known, ctype = pcall(types.ctype, types, field.type)
    if not known then
        if type(ctype) == "table" and ctype.unsupported then
            return nil
        end
        error(ctype, 0)
    end
    local constant = types:resolve(field.type).const
    return ctype, constant and "const " or ""
end

-- What the FFI is to call a field.
local function declared_name(types, entry, field)
    local type = types:resolve(field.type)
    local item = type.kind == "record" and types:describe("record", type.name)
    if not item or item.opaque or item.trivial or not types.generation then
        return field.name
    end
    local name = field.name .. "__part"
    entry.parts[field.name] = name
    return name
end

-- The fields as C has them, if C lays them out where they are. nil when it does not.
local function natural(types, entry)
    local description = entry.description
    local text, offset, alignment, size = body(), 0, 1, 0
    local bits = false
    for _, field in ipairs(entry.fields) do
        local ctype, constant = field_type(types, field)
        if not ctype then
            return nil
        end
        local resolved = types:resolve(field.type)
        local open = resolved.kind == "array" and not resolved.length
        local align = ffi.alignof(ctype)
        if field.bits then
            bits = true
            text:add(constant .. "$ $ : " .. field.bits.width .. "; ", ctype, field.name or "")
        else
            local expected = description.kind == "union" and 0 or up(offset, align)
            if not bits and field.offset ~= expected then
                return nil
            end
            if (field.name or "") == "" then
                text:add("$; ", ctype)
            elseif open then
                text:add(constant .. "$ $[]; ", types:ctype(resolved.of), field.name)
            else
                text:add(constant .. "$ $; ", ctype, declared_name(types, entry, field))
            end
            offset = field.offset + (open and 0 or ffi.sizeof(ctype))
            size = math.max(size, offset)
        end
        alignment = math.max(alignment, align)
    end
    if alignment ~= description.alignment or (not bits and up(size, alignment) ~= description.size) then
        return nil
    end
    return text, bits
end

-- The fields at their offsets with bytes between them; what has no ctype is bytes too.
local function padded(types, entry)
    local text, offset = body(), 0
    if entry.description.kind == "union" then
        return nil
    end
    for _, field in ipairs(entry.fields) do
        local ctype, constant = field_type(types, field)
        local open = ctype and ffi.sizeof(ctype) == 0
        if ctype and not open and not field.bits and field.offset >= offset then
            text:pad(field.offset - offset)
            if (field.name or "") == "" then
                text:add("$; ", ctype)
            else
                text:add(constant .. "$ $; ", ctype, declared_name(types, entry, field))
            end
            offset = field.offset + ffi.sizeof(ctype)
        end
    end
    if offset > entry.description.size then
        return nil
    end
    text:pad(entry.description.size - offset)
    return text
end

local function declare(kind, text, attributes, entry)
    ffi.cdef(("%s %s { %s}%s;"):format(kind, entry.tag, table.concat(text), attributes), unpack(text.given))
end

-- Whether a structure with that body is as the compiler laid it out; it is made without a name to see.
local function agrees(entry, text, attributes)
    local known, ctype = pcall(ffi.typeof,
        ("%s { %s}%s"):format(entry.kind, table.concat(text), attributes), unpack(text.given))
    if not known or ffi.sizeof(ctype) ~= entry.description.size or ffi.alignof(ctype) ~= entry.description.alignment then
        return false
    end
    for _, field in ipairs(entry.fields) do
        if field.name and field.name ~= "" then
            local offset, position = ffi.offsetof(ctype, entry.parts[field.name] or field.name)
            if offset and field.bits and (offset * 8 + (position or 0)) ~= field.bits.offset then
                return false
            elseif offset and not field.bits and offset ~= field.offset then
                return false
            end
        end
    end
    return true
end

local function complete(types, entry)
    local description = entry.description
    if description.opaque then
        entry.form = "opaque"
        return
    end
    local text, check = natural(types, entry)
    if text and (not check or agrees(entry, text, "")) then
        entry.form, entry.by_value = "natural", true
        entry.bits = bitfields.of(types, entry.fields, true)
        for _, reference in pairs(entry.values) do
            entry.by_value = entry.by_value and reference.by_value
        end
        declare(entry.kind, text, "", entry)
        return
    end
    local attributes = (" __attribute__((packed, aligned(%d)))"):format(math.max(1, description.alignment))
    entry.bits = bitfields.of(types, entry.fields, false)
    text = padded(types, entry)
    if text and agrees(entry, text, attributes) then
        entry.form = "padded"
    else
        entry.form, entry.parts = "bytes", {}
        text = body()
        text:pad(description.size)
    end
    declare(entry.kind, text, attributes, entry)
end

-- ---- Entries ------------------------------------------------------------------------------------

-- Entries are never given up. One of C's therefore does not keep the library, so that a table of a library that
-- nobody has any more lets go of the library's handle; a class does, as its objects have methods.
local function own(types, entry)
    if entry.description.bases or types.generation.interface:is_scope(entry.name) then
        entry.types = types
    end
    classes = classes or require "nlib.classes"
    classes.attach(types, entry)
end

-- The entry of the record `name` of a library's types.
function records.entry(types, name)
    local found = types.entries[name]
    if found then
        return found
    end
    local nodes = {}
    gather(types, name, nodes)
    compare(types, nodes)

    local made = {}
    for each, node in pairs(nodes) do
        local entry = next(node.candidates)
        if not entry then
            entry = forward(node)
            made[each] = entry
            pool[each] = pool[each] or {}
            table.insert(pool[each], entry)
        end
        types.entries[each] = entry
    end
    for each, entry in pairs(made) do
        entry.values = {}
        for reference in pairs(nodes[each].references) do
            entry.references[reference] = types.entries[reference]
            if nodes[each].values[reference] then
                entry.values[reference] = types.entries[reference]
            end
        end
    end
    local function finish(entry)
        if entry and not entry.form then
            for _, part in pairs(entry.values or {}) do
                finish(part)
            end
            complete(types, entry)
        end
    end
    for _, entry in pairs(made) do
        finish(entry)
    end
    for each in pairs(nodes) do
        own(types, types.entries[each])
    end
    return types.entries[name]
end

-- Calls visit(entry, offset) for each base class of a record, until it gives something.
local function each_base(entry, offset, visit)
    for _, base in ipairs(entry.description.bases or {}) do
        if base.offset then
            local above = records.entry(entry.types, base.name)
            local found = visit(above, offset + base.offset) or each_base(above, offset + base.offset, visit)
            if found then
                return found
            end
        end
    end
    return nil
end

-- How to come from an object, or a pointer to one, to the part of it that is of its base class `wanted`, a ctype:
-- { offset, pointer = ctype }. nil when that is none of its bases.
function records.way_up(value, wanted)
    local entry = records.of(value)
    return entry and each_base(entry, 0, function(above, offset)
        return tonumber(above.ctype) == tonumber(wanted) and { offset = offset, pointer = ffi.typeof("$ *", above.ctype) }
    end)
end

-- Where an object is, and where its bases are: a list of pointers.
function records.addresses(object)
    local start = ffi.cast("char *", object)
    local list = { start }
    local entry = records.of(object)
    if entry then
        each_base(entry, 0, function(_, offset)
            list[#list + 1] = start + offset
        end)
    end
    return list
end

-- The entry of the record that a cdata is, or points to; nil when it is none of nlib's.
function records.of(value)
    return tags[tostring(ffi.typeof(value)):match("[ <]([%w_]+__%d+)[ &*>]") or ""]
end

return records
