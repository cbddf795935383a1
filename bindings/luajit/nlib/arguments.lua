-- What a parameter takes beyond what the FFI converts by itself: tables for arrays and structures, names for
-- enumerators, functions for callbacks, objects of derived classes.
--
-- `arguments.parameter(types, parameter, pass)` gives
--   name, type      as declared
--   ctype           of the C parameter
--   takes           by Lua type, a function from the value to what C gets, or to nil and why not
--   callback        the data of the function's type, where functions are taken; label, what messages call it
--   needed          a text why NULL is not taken, or nil
--   text            whether it is a std::string
--   object          whether it is an object of a class, of which one that was deleted is not taken

local ffi = require "ffi"
local callbacks = require "nlib.callbacks"
local declaration = require "nlib.declaration"
local records = require "nlib.records"

local arguments = {}

local function is_number(type)
    return type.kind == "integer" or type.kind == "float" or type.kind == "character" or type.kind == "bool"
        or type.kind == "enum"
end

local function clean(why)
    return (tostring(why):gsub("^[^\n]-:%d+: ", ""))
end

-- A table as the one structure that is meant.
local function one_from_table(types, to)
    local cell = ffi.typeof("$[1]", types:ctype(to))
    return function(value)
        return ffi.new(cell, { value })
    end
end

-- A table as an array of the parameter's elements, or as the one structure that it points to: an array when its
-- first element is a table or a structure of that type itself. Behind an array of pointers stands one NULL more.
local function from_table(types, to)
    local element = types:ctype(to)
    local single = to.kind == "record"
    local array = ffi.typeof("$[?]", element)
    return function(value)
        local first = value[1]
        if single and type(first) ~= "table" and not (type(first) == "cdata" and ffi.istype(element, first)) then
            return ffi.new(array, 1, { value })
        end
        local numbers = {}
        if to.kind == "enum" then
            for index, each in ipairs(value) do
                numbers[index] = type(each) == "string" and types:enumeration(to.name).values[each] or each
            end
            value = numbers
        end
        if to.kind ~= "pointer" then
            return ffi.new(array, #value, value)
        end
        local made = ffi.new(array, #value + 1, value)
        made[#value] = nil -- The FFI repeats a single element.
        return made
    end
end

local function guarded(convert)
    return function(value)
        local known, converted = pcall(convert, value)
        if not known then
            return nil, clean(converted)
        end
        return converted
    end
end

local function enumerator(types, name)
    return function(value)
        local found = types:enumeration(name)
        local number = found and found.values[value]
        if not number then
            local known = { unpack(found and found.list or {}) }
            table.sort(known)
            error(("'%s' is no value of %s, which has %s"):format(value, name, table.concat(known, ", ")), 0)
        end
        return number
    end
end

-- Has a parameter take objects of classes that are derived from its own: they become pointers to their base.
local function take_objects(types, made, to)
    local wanted = types:ctype(to)
    local ways = {} -- by the number of the ctype
    made.object = true
    made.takes.cdata = function(value)
        if ffi.istype(wanted, value) then
            return value
        end
        local number = tonumber(ffi.typeof(value))
        local way = ways[number]
        if way == nil then
            way = records.way_up(value, wanted) or false
            ways[number] = way
        end
        if not way then
            return value
        end
        return ffi.cast(way.pointer, value ~= nil and ffi.cast("char *", value) + way.offset or nil)
    end
end

local function for_pointer(types, made, to)
    if to.kind == "function" then
        made.callback = to
        made.label = declaration.text(made.type):match("^[%w_:]+$") or made.name
        return
    end
    local constant = to.const
    if constant and (is_number(to) or to.kind == "record" or to.kind == "pointer") and to.kind ~= "character" then
        if to.kind ~= "record" or not (types:describe("record", to.name) or {}).opaque then
            made.takes.table = from_table(types, to)
        end
    end
    if to.kind == "record" and types.generation.interface:has_scopes() then
        take_objects(types, made, to)
    end
end

local function for_reference(types, made, to)
    made.needed = "a reference is never NULL"
    if to.kind == "record" then
        if to.const then
            made.takes.table = one_from_table(types, to)
        end
        take_objects(types, made, to)
    elseif to.const and is_number(to) then
        local cell = ffi.typeof("$[1]", types:ctype(to))
        made.takes.number = function(value)
            return ffi.new(cell, value)
        end
        made.takes.boolean = made.takes.number
        if to.kind == "enum" then
            local number_of = enumerator(types, to.name)
            made.takes.string = function(value)
                return ffi.new(cell, number_of(value))
            end
        end
    end
end

function arguments.parameter(types, parameter, pass)
    local made = { name = parameter.name or "", type = parameter.type, takes = {} }
    local resolved = types:resolve(parameter.type)
    if pass == "string" then
        made.ctype = ffi.typeof("const char *")
        made.needed = "a text is needed"
        made.takes.string = function(value)
            if value:find("\0", 1, true) then
                error("the text has a NUL character within, where the std::string would end", 0)
            end
            return value
        end
        made.text = true
    elseif pass == "pointer" then
        made.ctype = ffi.typeof("const $ *", types:ctype(resolved))
        made.needed = "a structure is needed"
        made.takes.table = one_from_table(types, resolved)
        take_objects(types, made, resolved)
    elseif resolved.kind == "reference" then
        made.ctype = types:ctype(resolved)
        for_reference(types, made, types:resolve(resolved.to))
    else
        made.ctype = types:ctype(resolved)
        if resolved.kind == "pointer" then
            for_pointer(types, made, types:resolve(resolved.to))
            if resolved.nullability == "nonnull" then
                made.needed = "it is never NULL"
            end
        elseif resolved.kind == "enum" then
            made.takes.string = enumerator(types, resolved.name)
        end
    end
    for kind, convert in pairs(made.takes) do
        made.takes[kind] = guarded(convert)
    end
    return made
end

-- What C gets for the value of a parameter that takes functions; for a Lua function also the callback that was
-- made, which lives until its free is called. nil and why not as the third for what cannot be one.
function arguments.callback(types, made, value, owner)
    if callbacks.is(value) then
        if not value.slot then
            return nil, nil, "the callback has ended"
        end
        return value.pointer
    end
    if type(value) ~= "function" then
        return value
    end
    local done, callback = pcall(callbacks.new, types, made.callback, value, ("'%s' given to '%s'"):format(made.label, owner),
        types.generation.library.context.handle)
    if done then
        return callback.pointer, callback
    elseif type(callback) == "table" and callback.unsupported then
        return nil, nil, ("LuaJIT cannot express %s in a callback"):format(callback.unsupported)
    end
    error(callback, 0)
end

return arguments
