-- The methods of libraries: fields that every library has, called with `.` or `:` alike.

local ffi = require "ffi"
local abi = require "nlib.abi"
local callbacks = require "nlib.callbacks"
local context = require "nlib.context"
local errors = require "nlib.errors"
local functions = require "nlib.functions"
local help = require "nlib.help"
local lookup = require "nlib.lookup"
local plans = require "nlib.plans"
local reload = require "nlib.reload"
local values = require "nlib.values"

jit.off(true, true)

-- Each takes the internals of a library first (nlib.library).
local methods = {}

-- ---- Types --------------------------------------------------------------------------------------

-- The ctype that C text stands for.
local function ctype_of(self, text)
    local types = lookup.usable(self).types
    local known, result = pcall(function()
        return types:ctype(types:parse(text))
    end)
    if not known then
        if type(result) == "table" and result.unsupported then
            result = ("'%s': LuaJIT does not have %s"):format(text, result.unsupported)
        end
        error(result, 0)
    end
    return result
end

local function ctype_or_error(self, given)
    return type(given) == "string" and ctype_of(self, given) or given
end

-- Tables for structures may name enumerators where a field is an enumeration.
local function with_numbers(types, name, given)
    local made = {}
    for key, value in pairs(given) do
        made[key] = value
    end
    local item = types:describe("record", name)
    for index, field in ipairs(item and item.fields or {}) do
        local resolved = types:resolve(field.type)
        for _, key in ipairs { field.name or false, index } do
            local value = key and made[key]
            if resolved.kind == "enum" and type(value) == "string" then
                local number = types:enumeration(resolved.name).values[value]
                if not number then
                    error(("'%s' is no value of %s"):format(value, resolved.name), 0)
                end
                made[key] = number
            elseif resolved.kind == "record" and type(value) == "table" then
                made[key] = with_numbers(types, resolved.name, value)
            end
        end
    end
    return made
end

-- ---- Methods ------------------------------------------------------------------------------------

-- A cdata: lib.new("kit_point", { 1, 2 }), lib.new("double[?]", 100). As ffi.new, with the library's types.
function methods.new(self, text, ...)
    local ctype = ctype_or_error(self, text)
    local types = self.generation.types
    local type_data = type(text) == "string" and types:resolve(types:parse(text)) or {}
    if type_data.kind == "record" then
        local item = types:describe("record", type_data.name)
        if item and not item.opaque and not item.trivial then
            error(("%s is made by its constructor: lib.%s(...)"):format(text, (text:gsub("::", "."))), 0)
        end
        local first = ...
        if select("#", ...) == 1 and type(first) == "table" then
            return ffi.new(ctype, with_numbers(types, type_data.name, first))
        end
    end
    return ffi.new(ctype, ...)
end

-- As ffi.cast, ffi.sizeof and ffi.typeof, with the library's types.
function methods.cast(self, text, value)
    return ffi.cast(ctype_or_error(self, text), value)
end

function methods.sizeof(self, text, ...)
    return ffi.sizeof(ctype_or_error(self, text), ...)
end

function methods.type(self, text)
    return ctype_of(self, text)
end

-- A callback of a type of the library's: lib:callback("kit_visitor", function(index, point, data) ... end). It
-- lives until its free is called or the library is unloaded; its `pointer` goes into structures.
function methods.callback(self, text, run)
    local made = lookup.usable(self)
    local known, type_data = pcall(made.types.parse, made.types, text)
    if not known then
        error(type_data, 0)
    end
    return callbacks.new(made.types, callbacks.function_type(made.types, type_data, text), run, ("'%s'"):format(text),
        self.context.handle, made.callbacks)
end

-- A function by its symbol, with a type given as C text: for what the headers do not declare.
function methods.symbol(self, name, text)
    local made = lookup.usable(self)
    local address = ffi.new("void *[1]")
    local err = errors.of_name(name) or errors.take(abi.symbol(made.handle, name, address))
    if err then
        errors.raise(err)
    end
    if text == nil then
        return address[0]
    end
    local type_data = made.types:resolve(made.types:parse(text))
    local target = type_data.kind == "pointer" and made.types:resolve(type_data.to) or type_data
    if target.kind == "function" then
        return functions.at(made, name, target, address[0], { text = text })
    end
    return ffi.cast(ctype_of(self, text), address[0])
end

-- The bare pointer: of a function, as the FFI has it, without any check; of a variable.
function methods.pointer(self, name)
    local made = lookup.usable(self)
    local items, err = made.interface:describe(name)
    if not items then
        errors.raise(lookup.missing(made, name, err))
    end
    for _, item in ipairs(items) do
        if item.item == "variable" then
            return values.pointer(made, item)
        elseif item.item == "function" then
            local plan = plans.of(made, item)[1]
            plan = plan and plan.otherwise or plan
            if not plan or plan.symbol ~= item.symbol then
                error(errors.new("symbol", ("%s is no function that C can call as it is declared; call lib.%s"):format(name, name)), 0)
            end
            return ffi.cast(plan.native, made.interface:symbol(plan.symbol))
        end
    end
    error(errors.new("symbol", ("%s is neither a function nor a variable"):format(name)), 0)
end

-- A function of which you promise that it never runs a callback: compiled code calls it at full speed also while
-- callbacks exist.
function methods.leaf(self, name)
    local made = lookup.usable(self)
    local items, err = made.interface:describe(name)
    local list = lookup.of_kind(items or {}, "function")
    if #list == 0 then
        errors.raise(lookup.missing(made, name, err or errors.new("symbol", name .. " is no function")))
    end
    return functions.make(made, name, list, made.life)
end

-- Names of one kind ("function", "record", ...) or of all, as a list.
function methods.names(self, kind)
    local text, err = lookup.usable(self).interface:text(kind)
    if not text then
        errors.raise(err)
    end
    local list = {}
    for name in text:gmatch("[^\n]+") do
        list[#list + 1] = name
    end
    return list
end

-- What the headers say of a name, as text.
function methods.describe(self, name)
    local made = lookup.usable(self)
    local items, err = made.interface:describe(name)
    if not items then
        errors.raise(lookup.missing(made, name, err))
    end
    return help.text(made.types, items)
end

-- Prints it.
function methods.help(self, name)
    print(methods.describe(self, name))
end

function methods.name(self)
    return self.name
end

-- The table of everything that the headers say of a name, as docs/interface.md describes it.
function methods.items(self, name)
    local items, err = lookup.usable(self).interface:describe(name)
    if not items then
        errors.raise(err)
    end
    return items
end

-- ---- Unloading and reloading --------------------------------------------------------------------

-- Unloads the library: its destructors run. nil and an error when it is in use; it then stays as it was.
function methods.unload(self)
    return reload.unload(self)
end

-- Loads the source anew. The library's table, and functions taken from it before, run the new code; the old code
-- stays in memory for what still leads into it, unless `discard` is true. Other options change the request, as in
-- lib:reload { defines = ... }. nil and an error when it cannot be loaded; the old code then stays in use.
function methods.reload(self, changes)
    return context.protected(reload.reload, self, changes)
end

return methods
