-- What a name of a library means: a function, the value of a variable or constant, a type, a namespace, a class.

local ffi = require "ffi"
local abi = require "nlib.abi"
local classes = require "nlib.classes"
local declaration = require "nlib.declaration"
local errors = require "nlib.errors"
local functions = require "nlib.functions"
local types_module = require "nlib.types"
local values = require "nlib.values"

jit.off(true, true)

-- Every function takes the internals of a library first (nlib.library).
local lookup = {}

-- The code in use. Raises an error when the library was unloaded.
function lookup.usable(self)
    if self.unloaded then
        error(errors.new("unloaded", ("%s was unloaded; load it again"):format(self.name)), 0)
    end
    return self.generation
end

-- The items of one kind.
function lookup.of_kind(items, kind)
    local list = {}
    for _, item in ipairs(items) do
        if item.item == kind then
            list[#list + 1] = item
        end
    end
    return list
end

-- The overload that a name with types, "add(double, double)", stands for.
local function by_signature(made, name)
    local base, parameters = name:match("^([^(]+)(%(.*%))$")
    local items = base and made.interface:describe(base)
    if not items then
        return nil
    end
    local types = made.types
    local wanted = declaration.parse_parameters(parameters, function(each)
        return types:named(each)
    end)
    for _, item in ipairs(lookup.of_kind(items, "function")) do
        local same = #item.parameters == #wanted
        for index, parameter in ipairs(item.parameters) do
            same = same and types:key(parameter.type) == types:key(wanted[index])
        end
        if same then
            return functions.make(made, name, { item })
        end
    end
    return nil
end

-- The error for a name that the headers do not declare; `err` is what the interface says.
function lookup.missing(made, name, err)
    if err.kind ~= "symbol" then
        return err
    end
    local address = ffi.new("void *[1]")
    local unknown = errors.take(abi.symbol(made.handle, name, address))
    if not unknown then
        return errors.new("symbol", ("%s has a symbol '%s', but its headers do not declare it: give the type yourself, as in"
            .. " lib:symbol(\"%s\", \"int (*)(int)\")"):format(made.library.name, name, name))
    end
    return err
end

-- What a name means: a value, and whether it may be kept. Raises an error for a name that is not there.
function lookup.resolve(self, name)
    local made = lookup.usable(self)
    if type(name) ~= "string" then
        error(("%s has no fields but names, and a %s is none"):format(self.name, type(name)), 0)
    end
    local items, err = made.interface:describe(name)
    if not items then
        if made.interface:is_scope(name) then
            return lookup.scope(self, name), true
        end
        local found = err.kind == "symbol" and by_signature(made, name)
        if found then
            return found, true
        end
        errors.raise(lookup.missing(made, name, err))
    end
    local list = lookup.of_kind(items, "function")
    if #list > 0 then
        return functions.make(made, name, list), true
    end
    for _, item in ipairs(items) do
        if item.item == "variable" then
            return values.pointer(made, item)[0], false
        elseif item.item == "constant" then
            return values.of(made.types, item.type, item.value), not values.is_fresh(made.types, item.type)
        elseif item.item == "enumerator" then
            return types_module.whole(item.value), true
        end
    end
    return lookup.type_of(self, name, items)
end

-- What a record, enumeration or typedef means as a field of the library.
function lookup.type_of(self, name, items)
    local made = self.generation
    for _, item in ipairs(items) do
        if item.item == "record" and made.interface:is_scope(name) then
            return lookup.scope(self, name), true
        elseif item.item == "enum" then
            return lookup.enumeration(self, name), true
        end
    end
    return made.types:ctype(made.types:named(name)), true
end

-- ---- Namespaces and classes ---------------------------------------------------------------------

-- Gives a table fields that appear when they are first read and are forgotten when the code changes. `get(key)`
-- gives the value and whether it may be kept; raises an error for what is not there. What is kept is beside the
-- table, so that every assignment goes to the variable `prefix .. key`, or is an error.
function lookup.with_fields(self, object, metatable, prefix, get)
    local kept = {}
    self.scopes[kept] = true
    metatable.__index = setmetatable(kept, {
        __index = function(_, key)
            local known, value, keep = pcall(get, key)
            if not known then
                errors.throw(value, 2)
            end
            if keep then
                rawset(kept, key, value)
            end
            return value
        end,
    })
    metatable.__newindex = function(_, key, value)
        lookup.assign(self, prefix .. tostring(key), value)
    end
    return setmetatable(object, metatable)
end

-- The table for a C++ namespace or class: its names as fields; a class is called to make an object.
function lookup.scope(self, name)
    local prefix = name .. "::"
    local metatable = {
        __tostring = function()
            return ("%s of %s"):format(name, self.name)
        end,
    }
    function metatable.__call(_, ...)
        local kept = metatable.__index
        local construct = rawget(kept, "~construct")
        if not construct then
            lookup.usable(self)
            if not self.generation.interface:item("record", name) then
                error(("%s is a namespace and not a class: it makes no objects"):format(name), 2)
            end
            construct = classes.constructor(self.generation, name)
            rawset(kept, "~construct", construct)
        end
        return construct(...)
    end
    return lookup.with_fields(self, {}, metatable, prefix, function(key)
        return lookup.resolve(self, prefix .. tostring(key))
    end)
end

-- An enumeration as a table: numbers by name, names by number.
function lookup.enumeration(self, name)
    local found = self.generation.types:enumeration(name)
    local made = {}
    for each, value in pairs(found.values) do
        made[each] = value
    end
    for value, each in pairs(found.names) do
        made[value] = each:match("[^:]+$")
    end
    return made
end

-- Assigns to a variable.
function lookup.assign(self, name, value)
    local made = lookup.usable(self)
    local item = made.interface:item("variable", name)
    if not item then
        error(("'%s' is no variable of %s, and nothing else can be assigned"):format(name, self.name), 3)
    end
    values.pointer(made, item)[0] = value
end

return lookup
