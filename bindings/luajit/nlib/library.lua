-- Libraries: what nlib.load gives.
--
-- A library is a table whose fields appear when they are first read: functions, constants, enumerators, types,
-- namespaces and classes by the names that the headers give them. Variables are read anew each time. The few
-- names of methods below go before a library's own; `lib.symbols` has nothing but the library's own.

local ffi = require "ffi"
local abi = require "nlib.abi"
local generation = require "nlib.generation"
local lookup = require "nlib.lookup"
local methods = require "nlib.methods"
local reload = require "nlib.reload"

jit.off(true, true)

local library = {}

-- The internals of a library are in the metatable of its table, as `internals`:
--   object, name, context, options, strings
--   generation      the code in use; generations: all that are loaded, the oldest first
--   host            callbacks that the library was given by name
--   scopes          tables of what is kept until the code changes
-- What is loaded, for libraries that are loaded with it; by name.
local loaded = setmetatable({}, { __mode = "v" })

local Library = {}
Library.__index = Library

-- The function that took the place of a plan's.
function Library:successor(plan)
    return reload.successor(self, plan)
end

-- What `object[key]` means where nothing is kept for it yet; and whether to keep it.
local function field(self, object, key)
    local method = methods[key]
    if method then
        local found = self.bound[key]
        if found then
            return found
        end
        local function bound(first, ...)
            if first == object then
                return method(self, ...)
            end
            return method(self, first, ...)
        end
        self.bound[key] = bound
        return bound
    elseif key == "types" or key == "enums" or key == "symbols" then
        return self[key]
    end
    return lookup.resolve(self, key)
end

local function metatable(self)
    return {
        internals = self,
        __tostring = function()
            return ("library %s%s"):format(self.name, self.unloaded and " (unloaded)" or "")
        end,
    }
end

local function lazy(self, get)
    return lookup.with_fields(self, {}, {}, "", get)
end

local function used(self)
    local list = {}
    local with = self.options.with
    for _, each in ipairs(type(with) == "string" and { with } or with or {}) do
        local other = loaded[each:match("([^/]-)%.json$") or each:match("^[^@%[]+")]
        if other and not other.unloaded then
            list[#list + 1] = other.generation.types
        end
    end
    return list
end

-- The library of a handle.
function library.new(of_context, options, filling, handle)
    local object = {}
    local self = setmetatable({
        object = object, context = of_context, options = options, strings = options.strings ~= false,
        name = ffi.string(abi.name(handle)), generations = {}, host = filling.callbacks, bound = {},
        scopes = setmetatable({}, { __mode = "k" }),
    }, Library)
    self.types = lazy(self, function(name)
        return methods.type(self, name), true
    end)
    self.enums = lazy(self, function(name)
        if not lookup.usable(self).types:enumeration(name) then
            error(("%s has no enumeration '%s'"):format(self.name, tostring(name)), 0)
        end
        return lookup.enumeration(self, name), true
    end)
    self.symbols = lazy(self, function(name)
        return lookup.resolve(self, name)
    end)
    self.generation = generation.new(self, handle)
    self.generation.types.uses = used(self)
    self.generations[1] = self.generation
    loaded[self.name] = self
    return lookup.with_fields(self, object, metatable(self), "", function(key)
        return field(self, object, key)
    end)
end

-- The internals of a library's table, or nil.
function library.of(object)
    local found = getmetatable(object)
    return type(found) == "table" and found and found.internals
end

return library
