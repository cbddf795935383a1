-- What failed, as a value: `local lib, err = nlib.load(...)`.
--
-- An error has
--   kind         a word: "compile", "usage", "manifest", "link", "toolchain", "io", "symbol", "ambiguous",
--                "in-use", "unloaded", "argument", "handle", "cancelled", "internal" (of nlib.h); "exception" (a
--                C++ function threw), "pending" (a task goes on), "callback" (a callback could not run)
--   message      what is wrong, where, and what to do
--   diagnostics  a list of what the compiler said: file, line, column, severity ("error", "warning", "note",
--                "remark"), text, option, library, unit; line and column are from 1, 0 without a place
--   near         a list of names that were probably meant
--   where        the place in the Lua source, "main.lua:3: ", where it was raised and not returned
-- and reads as its message in assert, error and print.

local ffi = require "ffi"
local abi = require "nlib.abi"

jit.off(true, true)

local kinds = {
    [1] = "compile", [2] = "usage", [3] = "manifest", [4] = "link", [5] = "toolchain", [6] = "io",
    [7] = "symbol", [8] = "ambiguous", [9] = "in-use", [10] = "unloaded", [11] = "argument",
    [12] = "handle", [13] = "cancelled", [70] = "internal",
}
local severities = { "remark", "note", "warning", "error" }

local Error = {}
Error.__index = Error

function Error:__tostring()
    return (self.where or "") .. self.message
end

-- Two texts with an error between them, as messages are put together: a text.
function Error.__concat(left, right)
    return tostring(left) .. tostring(right)
end

local errors = {}

-- An error of this module's own.
function errors.new(kind, message, near)
    return setmetatable({ kind = kind, message = message, diagnostics = {}, near = near or {} }, Error)
end

-- Whether a value is an error of nlib's.
function errors.is(value)
    return getmetatable(value) == Error
end

-- The error for a name that C would see cut, or that is no text; nil for others.
function errors.of_name(name)
    if type(name) ~= "string" then
        return errors.new("usage", ("a name is a string, not a %s"):format(type(name)))
    elseif name:find("\0", 1, true) then
        return errors.new("usage", ("%q is no name: it has a NUL byte in it, where C's texts end"):format(name))
    end
    return nil
end

local function diagnostics_of(handle)
    local list = {}
    local found = ffi.new("nlib_luajit_diagnostic")
    found.struct_size = ffi.sizeof("nlib_luajit_diagnostic")
    for index = 0, tonumber(abi.error_diagnostic_count(handle)) - 1 do
        abi.error_diagnostic(handle, index, found)
        list[#list + 1] = {
            severity = severities[found.severity] or "error",
            file = ffi.string(found.file), line = found.line, column = found.column,
            text = ffi.string(found.text), option = ffi.string(found.option),
            library = ffi.string(found.library), unit = ffi.string(found.unit),
        }
    end
    return list
end

local function near_of(handle)
    local list = {}
    for index = 0, tonumber(abi.error_near_count(handle)) - 1 do
        list[#list + 1] = ffi.string(abi.error_near(handle, index))
    end
    return list
end

-- The error behind a handle of nlib.h, which is freed; nil for NULL, which means success.
function errors.take(handle)
    if handle == nil then
        return nil
    end
    local number = abi.error_get_kind(handle)
    local taken = setmetatable({
        kind = kinds[number] or ("kind " .. number),
        message = ffi.string(abi.error_message(handle)),
        diagnostics = diagnostics_of(handle),
        near = near_of(handle),
    }, Error)
    abi.error_free(handle)
    return taken
end

-- Raises an error of nlib's as it is; `before` goes before its message.
function errors.raise(err, before)
    if before then
        err.message = before .. err.message
    end
    error(err, 0)
end

-- Raises any error with the place of the call at that level, as `error` does for texts.
function errors.throw(err, level)
    if not errors.is(err) then
        error(err, level + 1)
    end
    local info = not err.where and debug.getinfo(level + 1, "Sl")
    if info and info.currentline > 0 then
        err.where = ("%s:%d: "):format(info.short_src, info.currentline)
    end
    error(err, 0)
end

return errors
