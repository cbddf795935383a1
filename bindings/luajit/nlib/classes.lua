-- C++ classes: objects with methods, constructors, destructors.
--
-- An object is a cdata of the class's record. `lib.kit.Tally(3)` makes one in memory of Lua's; the garbage
-- collector runs its destructor, or nlib.delete does at once. Methods are found by name when first used.

local ffi = require "ffi"
local bitfields = require "nlib.bitfields"
local errors = require "nlib.errors"
local functions = require "nlib.functions"
local plans = require "nlib.plans"
local records = require "nlib.records"

jit.off(true, true)

local classes = {}

local enders = functions.enders

local function functions_of(generation, name)
    local list = {}
    for _, item in ipairs(generation.interface:describe(name) or {}) do
        if item.item == "function" then
            list[#list + 1] = item
        end
    end
    return list
end

-- What a class calls its constructors: its name without namespaces and template arguments.
local function own_name(name)
    return name:gsub("%b<>", ""):match("[^:]+$")
end

-- ---- Methods ------------------------------------------------------------------------------------

-- A method of a base class. It takes objects of derived classes, as each parameter does that is an object.
local function inherited(entry, types, key)
    for _, base in ipairs(entry.description.bases or {}) do
        local above = base.offset and records.entry(types, base.name)
        local method = above and classes.find(above, key)
        if method then
            return method
        end
    end
    return nil
end

-- The method of a class, or of one of its bases; nil when there is none.
function classes.find(entry, key)
    if entry.methods == nil then
        return nil
    end
    local found = rawget(entry.methods, key)
    if found then
        return found
    end
    for index = #entry.owners, 1, -1 do
        local types = entry.owners[index]
        local items = functions_of(types.generation, entry.name .. "::" .. key)
        if #items > 0 then
            found = functions.make(types.generation, entry.name .. "::" .. key, items)
        else
            found = inherited(entry, types, key)
        end
        if found then
            rawset(entry.methods, key, found)
            return found
        end
    end
    return nil
end

local function forget(entry)
    for key in pairs(entry.methods) do
        entry.methods[key] = nil
    end
end

local function missing(entry, key)
    for _, field in ipairs(entry.fields) do
        if field.name == key and not field.private then
            error(("%s.%s cannot be reached: the FFI cannot lay out what is there as C does"):format(entry.name, key), 3)
        end
    end
    local near = {}
    local types = entry.owners[#entry.owners]
    if not types and entry.types then
        error(("'%s::%s' cannot be called: %s was unloaded"):format(entry.name, tostring(key), entry.types.generation.library.name), 3)
    end
    local text = types and types.generation.interface:text("function") or ""
    for name in text:gmatch("\n" .. entry.name:gsub("%p", "%%%0") .. "::([^\n~:]+)") do
        near[#near + 1] = name
    end
    error(("%s has no field or method '%s'%s"):format(entry.name, tostring(key),
        #near > 0 and ("; its methods are " .. table.concat(near, ", ")) or ""), 3)
end

-- How objects are read that have others in them, which cannot be assigned, or bit-fields that the FFI has not.
local function with_parts(entry)
    local parts, bits, methods = entry.parts, entry.bits, entry.methods
    local function read(self, key)
        local part = parts[key]
        if part then
            return self[part]
        elseif bits[key] then
            return bitfields.read(self, bits[key])
        end
        return rawget(methods, key) or classes.find(entry, key) or missing(entry, key)
    end
    jit.on(read)
    return {
        __index = read,
        __newindex = function(self, key, value)
            if bits[key] then
                return bitfields.write(self, bits[key], value)
            elseif parts[key] then
                error(("%s.%s is an object whose class copies it itself; the FFI would copy its bytes: use its methods, or"
                    .. " a function of the library's that assigns"):format(entry.name, key), 2)
            end
            missing(entry, key)
        end,
    }
end

-- Gives the objects of a record the methods that a library has for it. Of several libraries the newest goes
-- first.
function classes.attach(types, entry)
    local generation = types.generation
    if generation and generation.interface:is_scope(entry.name) then
        entry.owners[#entry.owners + 1] = types
        generation.attached = generation.attached or {}
        generation.attached[entry] = true
    elseif not (next(entry.parts) or next(entry.bits)) then
        return
    end
    if entry.methods then
        forget(entry)
        return
    end
    entry.methods = setmetatable({}, {
        __index = function(_, key)
            return classes.find(entry, key) or missing(entry, key)
        end,
    })
    local own = next(entry.parts) or next(entry.bits)
    ffi.metatype(entry.ctype, own and with_parts(entry) or { __index = entry.methods })
end

-- Takes the methods of a library away again.
function classes.detach(generation)
    for entry in pairs(generation.attached or {}) do
        for index = #entry.owners, 1, -1 do
            if entry.owners[index] == generation.types then
                table.remove(entry.owners, index)
            end
        end
        forget(entry)
    end
    generation.attached = nil
end

-- ---- The end of objects -------------------------------------------------------------------------

-- A function that ends an object of a class, in the code that made it; nil when its destructor is not known.
function classes.destroyer(generation, name)
    generation.destroyers = generation.destroyers or {}
    local found = generation.destroyers[name]
    if found ~= nil then
        return found or nil
    end
    local items = functions_of(generation, name .. "::~" .. own_name(name))
    local list = items[1] and plans.of(generation, items[1]) or {}
    if not list[1] then
        generation.destroyers[name] = false
        return nil
    end
    list[1].pinned = true
    local destroy = functions.build(list[1])
    found = function(object)
        if generation.loaded then
            pcall(destroy, object)
        end
    end
    generation.destroyers[name] = found
    return found
end

-- Ends an object now. Later calls that are given it are errors.
function classes.delete(object)
    if type(object) ~= "cdata" or not enders[object] then
        error("nlib.delete takes an object that Lua code made or got by value, with a destructor", 3)
    end
    enders[object](ffi.gc(object, nil))
    enders[object] = nil
    functions.end_object(object, records.addresses(object))
end

-- ---- Making objects -----------------------------------------------------------------------------

-- The function that makes objects of a class: its constructors.
function classes.constructor(generation, name)
    local constructors = name .. "::" .. own_name(name)
    local items = functions_of(generation, constructors)
    local entry = records.entry(generation.types, name)
    if #items == 0 then
        if entry.form == "opaque" or not entry.description.trivial then
            error(errors.new("symbol", ("%s has no constructor that can be called"):format(name)), 0)
        end
        return entry.ctype
    end
    local construct = functions.make(generation, constructors, items)
    if not entry.description.trivial then
        return construct
    end
    return function(...)
        if select("#", ...) == 1 and type((...)) == "table" then
            return entry.ctype((...))
        end
        return construct(...)
    end
end

return classes
