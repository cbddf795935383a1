-- C declarations of types: from text to the data of docs/interface.md, and back.
--
-- declaration.parse("const kit_point *[4]", lookup) reads a type as a C declaration without a name has it.
-- `lookup(name)` gives the data of a type by its name, or nil. Beyond C it takes `::` in names, `&`, and
-- `[?]` for the length that ffi.new is given.

local ffi = require "ffi"

local declaration = {}

local function integer(name, size, signed)
    return { kind = "integer", name = name, size = size, signed = signed }
end

-- Names that every C program with <stdint.h>, <stddef.h> and <stdbool.h> has, on LP64 machines.
local plain = {
    void = { kind = "void" },
    bool = { kind = "bool" },
    _Bool = { kind = "bool" },
    float = { kind = "float", name = "float", size = 4 },
    double = { kind = "float", name = "double", size = 8 },
    ["long double"] = { kind = "float", name = "long double", size = 16 },
    char = { kind = "character", name = "char", size = 1, signed = true },
    wchar_t = { kind = "character", name = "wchar_t", size = 4, signed = true },
    char16_t = { kind = "character", name = "char16_t", size = 2, signed = false },
    char32_t = { kind = "character", name = "char32_t", size = 4, signed = false },
    int8_t = integer("int8_t", 1, true), uint8_t = integer("uint8_t", 1, false),
    int16_t = integer("int16_t", 2, true), uint16_t = integer("uint16_t", 2, false),
    int32_t = integer("int32_t", 4, true), uint32_t = integer("uint32_t", 4, false),
    int64_t = integer("int64_t", 8, true), uint64_t = integer("uint64_t", 8, false),
    intptr_t = integer("intptr_t", 8, true), uintptr_t = integer("uintptr_t", 8, false),
    ptrdiff_t = integer("ptrdiff_t", 8, true), size_t = integer("size_t", 8, false),
    ssize_t = integer("ssize_t", 8, true),
}

local words = {
    signed = true, unsigned = true, short = true, long = true, int = true, char = true, double = true,
}
local tags = { struct = true, union = true, enum = true, class = true }

local function tokens_of(text)
    local tokens, at = {}, 1
    while true do
        at = text:find("%S", at)
        if not at then
            return tokens
        end
        local token = text:match("^[%a_][%w_]*", at) or text:match("^%d+", at) or text:match("^%.%.%.", at)
            or text:match("^::", at) or text:sub(at, at)
        tokens[#tokens + 1] = token
        at = at + #token
    end
end

-- The type that the words `unsigned`, `long`, ... make together.
local function from_words(list)
    local count = {}
    for _, word in ipairs(list) do
        count[word] = (count[word] or 0) + 1
    end
    local signed = not count.unsigned
    if count.double then
        return count.long and plain["long double"] or plain.double
    elseif count.char then
        if count.signed or count.unsigned then
            return integer(signed and "signed char" or "unsigned char", 1, signed)
        end
        return plain.char
    elseif count.short then
        return integer(signed and "short" or "unsigned short", 2, signed)
    elseif count.long then
        return integer(signed and "long" or "unsigned long", 8, signed)
    end
    return integer(signed and "int" or "unsigned int", 4, signed)
end

local Parser = {}
Parser.__index = Parser

function Parser:fail(message)
    error(("'%s' is not a type: %s"):format(self.text, message), 0)
end

function Parser:peek(offset)
    return self.tokens[self.at + (offset or 0)]
end

function Parser:next()
    local token = self.tokens[self.at]
    self.at = self.at + 1
    return token
end

function Parser:take(token)
    if self:peek() == token then
        self.at = self.at + 1
        return true
    end
    return false
end

function Parser:expect(token)
    if not self:take(token) then
        self:fail(("'%s' is expected%s"):format(token, self:peek() and (" before '" .. self:peek() .. "'") or " at the end"))
    end
end

local function is_name(token)
    return token ~= nil and token:find("^[%a_]") ~= nil and token ~= "const" and token ~= "volatile"
end

-- A name, qualified in C++.
function Parser:name()
    local name = self:next()
    while self:peek() == "::" and is_name(self:peek(1)) do
        self:next()
        name = name .. "::" .. self:next()
    end
    return name
end

local function copy(type)
    local made = {}
    for key, value in pairs(type) do
        made[key] = value
    end
    return made
end

-- The type of a name: of C, of the library, or one that the program declared with ffi.cdef.
function Parser:named(name, tag)
    local found = plain[name] or self.lookup(name)
    if found then
        return found
    end
    local known, ctype = pcall(ffi.typeof, tag and (tag .. " " .. name) or name)
    if not known then
        self:fail(("no type is called '%s'"):format(name))
    end
    return { kind = "foreign", ctype = ctype, name = name }
end

-- const unsigned long, struct kit_point, ...
function Parser:specifiers()
    local constant, list, found = false, {}, nil
    while true do
        local token = self:peek()
        if token == "const" then
            constant = true
            self:next()
        elseif token == "volatile" or token == "restrict" then
            self:next()
        elseif not found and words[token or ""] then
            list[#list + 1] = self:next()
        elseif not found and #list == 0 and tags[token or ""] then
            self:next()
            found = self:named(self:name(), token)
        elseif not found and #list == 0 and is_name(token) then
            found = self:named(self:name())
        else
            break
        end
    end
    if not found and #list == 0 then
        self:fail("it names none")
    end
    local type = copy(found or from_words(list))
    type.const = type.const or constant or nil
    return type
end

function Parser:parameters()
    local list, variadic = {}, false
    if self:peek() == "void" and self:peek(1) == ")" then
        self:next()
    end
    while self:peek() ~= ")" do
        if self:take("...") then
            variadic = true
        else
            local type, name = self:declared()
            if type.kind == "array" then -- as a parameter it is a pointer
                type = { kind = "pointer", to = type.of }
            elseif type.kind == "function" then
                type = { kind = "pointer", to = type }
            end
            list[#list + 1] = { name = name, type = type }
        end
        if not self:take(",") then
            break
        end
    end
    self:expect(")")
    return list, variadic
end

-- What follows the name: [4], (int, int). Gives a function from the type before to the type of all.
function Parser:suffix()
    if self:take("[") then
        local length
        if self:take("?") then
            length = "?"
        elseif self:peek() ~= "]" then
            length = tonumber(self:next())
            if not length then
                self:fail("an array's length is a number or ?")
            end
        end
        self:expect("]")
        local rest = self:suffix()
        return function(type)
            return { kind = "array", of = rest(type), length = length }
        end
    elseif self:take("(") then
        local parameters, variadic = self:parameters()
        local rest = self:suffix()
        return function(type)
            return { kind = "function", result = rest(type), parameters = parameters, variadic = variadic or nil }
        end
    end
    return function(type)
        return type
    end
end

-- The declarator. Gives a function from the type before it to the type of all, and the name in it.
function Parser:declarator()
    if self:take("*") or self:take("&") then
        local constant = false
        while self:peek() == "const" or self:peek() == "restrict" or self:peek() == "volatile" do
            constant = self:next() == "const" or constant
        end
        local rest, name = self:declarator()
        return function(type)
            return rest({ kind = "pointer", to = type, const = constant or nil })
        end, name
    end
    local inner, name
    if self:peek() == "(" and (self:peek(1) == "*" or self:peek(1) == "&" or self:peek(1) == "(") then
        self:next()
        inner, name = self:declarator()
        self:expect(")")
    elseif is_name(self:peek()) then
        name = self:next()
    end
    local suffix = self:suffix()
    return function(type)
        type = suffix(type)
        return inner and inner(type) or type
    end, name
end

function Parser:declared()
    local base = self:specifiers()
    local make, name = self:declarator()
    return make(base), name
end

local function nothing() end

-- The data of the type that `text` declares. An error (a text) when it declares none.
function declaration.parse(text, lookup)
    local parser = setmetatable({ text = text, tokens = tokens_of(text), at = 1, lookup = lookup or nothing }, Parser)
    local type = parser:declared()
    if parser:peek() then
        parser:fail(("'%s' is one too many"):format(parser:peek()))
    end
    return type
end

-- The types of parameters in a text such as "(int, double)", for overloads: a list of data.
function declaration.parse_parameters(text, lookup)
    local parser = setmetatable({ text = text, tokens = tokens_of(text), at = 1, lookup = lookup or nothing }, Parser)
    parser:expect("(")
    local list = parser:parameters()
    local types = {}
    for index, parameter in ipairs(list) do
        types[index] = parameter.type
    end
    return types
end

local function joined(left, right)
    if right == "" then
        return left
    end
    return left .. (right:find("^[%[%)]") and "" or " ") .. right
end

local function text_of_parameters(parameters, variadic)
    local list = {}
    for index, parameter in ipairs(parameters) do
        list[index] = declaration.text(parameter.type, parameter.name)
            .. (parameter.default and (" = " .. parameter.default) or "")
    end
    if variadic then
        list[#list + 1] = "..."
    end
    return "(" .. table.concat(list, ", ") .. ")"
end

-- The C text that declares `name`, which may be absent, as of that type.
function declaration.text(type, name)
    name = name or ""
    local kind = type.kind
    if kind == "pointer" or kind == "reference" then
        local mark = kind == "pointer" and "*" or (type.rvalue and "&&" or "&")
        local inner = mark .. (type.const and joined("const", name) or name)
        if type.to.kind == "array" or type.to.kind == "function" then
            inner = "(" .. inner .. ")"
        end
        return declaration.text(type.to, inner)
    elseif kind == "array" then
        return declaration.text(type.of, ("%s[%s]"):format(name, type.length and tostring(type.length) or ""))
    elseif kind == "vector" then
        return joined(declaration.text(type.of) .. (" vector(%s)"):format(tostring(type.length)), name)
    elseif kind == "function" then
        return declaration.text(type.result, name .. text_of_parameters(type.parameters, type.variadic))
    end
    return joined((type.const and "const " or "") .. (type.name or type.spelling or kind), name)
end

-- The C text of a function as docs/interface.md describes it.
function declaration.signature(item)
    local method = item.method
    local head = item.name .. text_of_parameters(item.parameters, item.variadic)
        .. (method and method.const and " const" or "")
    if method and (method.kind == "constructor" or method.kind == "destructor") then
        return head
    end
    return (method and method.kind == "static" and "static " or "") .. declaration.text(item.result, head)
end

return declaration
