-- Types of a library as ctypes of LuaJIT's: made one by one, when a function or the program needs them.
--
-- `types.new(describe)` is the types of one library; `describe(kind, name)` gives what docs/interface.md says
-- of a name, or nil. From the data of a type it makes
--   key      a text that is equal for types that are the same
--   ctype    what the FFI calls it
-- Enumerations are their integers, references are pointers, and pointers to functions are what
-- nlib.code makes of them.

local ffi = require "ffi"
local declaration = require "nlib.declaration"

local integers = {
    [true] = { [1] = "int8_t", [2] = "int16_t", [4] = "int32_t", [8] = "int64_t" },
    [false] = { [1] = "uint8_t", [2] = "uint16_t", [4] = "uint32_t", [8] = "uint64_t" },
}
local floats = { [4] = "float", [8] = "double" }

-- What nlib.records and nlib.code need of this module, and this of them.
local records, code

local Types = {}
Types.__index = Types

local types = {}

function types.new(describe)
    records = records or require "nlib.records"
    code = code or require "nlib.code"
    return setmetatable({
        described = describe,
        ctypes = {}, -- by key
        entries = {}, -- of records, by name
        enumerations = {}, -- by name
        pointers = {}, -- native pointers to functions, by key
        uses = {}, -- types of libraries that this one was loaded with
    }, Types)
end

function Types:describe(kind, name)
    return self.described(kind, name)
end

-- The type behind the names that typedefs give it.
function Types:resolve(type)
    while type.kind == "typedef" do
        local item = self:describe("typedef", type.name)
        if not item then
            return { kind = "unsupported", spelling = type.name, size = 0 }
        end
        if type.const and not item.type.const then
            local constant = {}
            for member, value in pairs(item.type) do
                constant[member] = value
            end
            constant.const = true
            type = constant
        else
            type = item.type
        end
    end
    return type
end

-- A whole number of the data: beyond 2^53 it is written as a text, and is int64_t or uint64_t.
function types.whole(value)
    if type(value) ~= "string" then
        return value
    end
    local suffix = value:sub(1, 1) == "-" and "LL" or "ULL"
    return assert(loadstring("return " .. value .. suffix))()
end

-- An enumeration: `type` its integer, `values` by name, `names` by value (not those beyond 2^53: cdata are no keys).
function Types:enumeration(name)
    local found = self.enumerations[name]
    if not found then
        local item = self:describe("enum", name)
        if not item then
            return nil
        end
        found = { name = name, type = item.type, values = {}, names = {}, list = {}, scoped = item.scoped }
        for _, value in ipairs(item.values) do
            local short = value.name:match("[^:]+$")
            local number = types.whole(value.value)
            local suffix = value.name
            while suffix do -- a::b::C, b::C, C
                found.values[suffix] = number
                suffix = suffix:match("^.-::(.*)$")
            end
            found.list[#found.list + 1] = item.scoped and value.name or short
            if type(number) == "number" then
                found.names[number] = found.names[number] or found.list[#found.list]
            end
        end
        self.enumerations[name] = found
    end
    return found
end

function Types:integer_of(name)
    local found = self:enumeration(name)
    return found and found.type or { kind = "integer", name = "int", size = 4, signed = true }
end

local function scalar_name(type)
    if type.kind == "bool" then
        return "bool"
    elseif type.kind == "character" and type.name == "char" then
        return "char"
    elseif type.kind == "integer" or type.kind == "character" then
        return integers[type.signed == true][type.size]
    elseif type.kind == "float" then
        return floats[type.size]
    end
    return nil
end

-- A text that is the same for the same type. `found(name, behind)` is told each record in it, and whether it
-- is behind a pointer.
function Types:key(type, found, behind)
    type = self:resolve(type)
    local constant = type.const and "const " or ""
    local kind = type.kind
    if kind == "pointer" or kind == "reference" then
        local to = self:resolve(type.to)
        if to.kind == "function" then
            return constant .. "code " .. self:key(to)
        end
        return constant .. "*(" .. self:key(to, found, true) .. ")"
    elseif kind == "array" then
        return ("[%s](%s)"):format(tostring(type.length or ""), self:key(type.of, found, behind))
    elseif kind == "record" then
        if found then
            found(type.name, behind)
        end
        return constant .. "record " .. type.name
    elseif kind == "enum" then
        return constant .. self:key(self:integer_of(type.name))
    elseif kind == "function" then
        local list = {}
        for index, parameter in ipairs(type.parameters) do
            list[index] = self:key(parameter.type)
        end
        return ("%s(%s%s)"):format(self:key(type.result), table.concat(list, ","), type.variadic and ",..." or "")
    elseif kind == "foreign" then
        return constant .. "foreign " .. tostring(tonumber(type.ctype))
    elseif kind == "void" then
        return constant .. "void"
    end
    return constant .. (scalar_name(type) or ("%s %s %s"):format(kind, type.name or type.spelling or "", tostring(type.size)))
end

local function unsupported(type)
    error({ unsupported = declaration.text(type) }, 0)
end

-- What a pointer points to, in the FFI's terms: what it cannot express is bytes without a type.
function Types:pointee(to)
    if to.kind == "array" and not to.length then
        to = self:resolve(to.of)
    end
    local known, ctype = pcall(self.ctype, self, to)
    if not known then
        if type(ctype) ~= "table" or not ctype.unsupported then
            error(ctype, 0)
        end
        return ffi.typeof("void")
    end
    return ctype
end

local make = {}

function make.pointer(self, type)
    local to = self:resolve(type.to)
    if to.kind == "function" then
        return code.pointer(self, to, type.to.name)
    end
    return ffi.typeof((to.const and "const $ *" or "$ *"), self:pointee(to))
end
make.reference = make.pointer

function make.array(self, type)
    local of = self:ctype(type.of)
    local constant = self:resolve(type.of).const and "const " or ""
    if type.length == "?" then
        return ffi.typeof(constant .. "$[?]", of)
    end
    return ffi.typeof(("%s$[%d]"):format(constant, type.length or 0), of)
end

function make.record(self, type)
    return records.entry(self, type.name).ctype
end

function make.enum(self, type)
    return self:ctype(self:integer_of(type.name))
end

make["function"] = function(self, type)
    return self:native(type)
end

function make.void()
    return ffi.typeof("void")
end

-- The ctype of a type, without its own const. Raises { unsupported = C text } for what LuaJIT has not.
function Types:ctype(type)
    type = self:resolve(type)
    if type.kind == "foreign" then
        return type.ctype
    end
    local key = self:key(type)
    local found = self.ctypes[key]
    if not found then
        local maker = make[type.kind]
        if maker then
            found = maker(self, type)
        else
            local name = scalar_name(type)
            if not name then
                unsupported(type)
            end
            found = ffi.typeof(name)
        end
        self.ctypes[key] = found
    end
    return found
end

-- The FFI's own pointer to a function: of the result's and the parameters' ctypes.
function types.native_of(result, parameters, variadic)
    local text, given = {}, { result }
    for index, parameter in ipairs(parameters) do
        text[index] = "$"
        given[#given + 1] = parameter
    end
    if variadic then
        text[#text + 1] = "..."
    end
    return ffi.typeof("$ (*)(" .. table.concat(text, ", ") .. ")", unpack(given))
end

-- The same for the data of a function's type. These are for calls only: a Lua function that is converted to
-- one becomes a callback without nlib's guard.
function Types:native(type)
    local key = self:key(type)
    local found = self.pointers[key]
    if not found then
        local parameters = {}
        for index, parameter in ipairs(type.parameters) do
            parameters[index] = self:ctype(parameter.type)
        end
        found = types.native_of(self:ctype(type.result), parameters, type.variadic)
        self.pointers[key] = found
    end
    return found
end

-- The data of a type by its name; nil when the library has none.
function Types:named(name)
    for _, kind in ipairs { "typedef", "record", "enum" } do
        if self:describe(kind, name) then
            return { kind = kind, name = name }
        end
    end
    return nil
end

-- The data of the type that a C declaration such as "const kit_point *" stands for.
function Types:parse(text)
    return declaration.parse(text, function(name)
        return self:named(name)
    end)
end

return types
