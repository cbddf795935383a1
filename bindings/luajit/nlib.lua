-- nlib: native libraries loaded from their sources.
--
--     local nlib = require "nlib"
--     local kit, err = nlib.load { source = "kit.c" }
--     print(kit.kit_add(1, 2))
--
-- The way of a library: nlib/context.lua loads it, nlib/library.lua is what you get, nlib/interface.lua asks for
-- what its headers declare, nlib/types.lua and nlib/records.lua make ctypes of that, nlib/plans.lua and
-- nlib/functions.lua Lua functions, nlib/callbacks.lua lets C call Lua.

local ffi = require "ffi"
local abi = require "nlib.abi"
local callbacks = require "nlib.callbacks"
local classes = require "nlib.classes"
local context = require "nlib.context"
local errors = require "nlib.errors"

local nlib = {}

-- Says where the C library (libnlib.so.1) is; to be called before anything else. Without it: the environment
-- variable NLIB_LIBRARY, a file in this module's folder, the system's search.
nlib.use = abi.use

-- The version of the C library, "0.1.0".
function nlib.version()
    return ffi.string(abi.version_string())
end

-- Whether the C library can do something: "interfaces", "tasks", ...
function nlib.has(capability)
    return abi.has(capability) ~= 0
end

local function in_default(method, ...)
    local made, default = pcall(context.default)
    if not made then
        return nil, errors.is(default) and default or errors.new("internal", tostring(default))
    end
    return default[method](default, ...)
end

-- Loads a library, as the README describes. nil and an error when it cannot.
function nlib.load(options)
    return in_default("load", options)
end

-- Begins to load beside the program: a task. nil and an error when the request makes no sense.
function nlib.start(options)
    return in_default("start", options)
end

-- A context of its own, with options for the cache, messages and more. nil and an error when it cannot.
nlib.open = context.open

-- A callback of a type in which only C's types and those of ffi.cdef are named:
-- nlib.callback("int (*)(const void *, const void *)", function(a, b) ... end). It lives until its free is called.
function nlib.callback(type, run)
    return context.callback(context.default(), type, run)
end

-- Ends a C++ object that Lua code made, now and not when it is collected.
nlib.delete = classes.delete

-- Whether a value is an error of nlib's.
nlib.is_error = errors.is

-- Whether a value is a callback.
nlib.is_callback = callbacks.is

return nlib
