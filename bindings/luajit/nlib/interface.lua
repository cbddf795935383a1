-- What a library's headers declare, asked for name by name.

local ffi = require "ffi"
local abi = require "nlib.abi"
local errors = require "nlib.errors"

jit.off(true, true)

local Interface = {}
Interface.__index = Interface

local interface = {}

-- The interface of a loaded library, read when it is first asked for something.
function interface.new(library, name)
    return setmetatable({ library = library, name = name, items = {}, texts = {} }, Interface)
end

-- The handle; nil and an error when the headers cannot be read.
function Interface:open()
    if not self.handle and not self.failure then
        local handle = ffi.new("void *[1]")
        self.failure = errors.take(abi.interface_open(self.library, handle))
        if self.failure then
            self.failure.message = ("the headers of %s cannot be read, so its functions have no types: give them yourself, as in"
                .. " lib:symbol(\"name\", \"int (*)(int)\").\n%s"):format(self.name, self.failure.message)
        else
            self.handle = ffi.gc(handle[0], abi.interface_free)
        end
    end
    return self.handle, self.failure
end

-- Everything that has a name: a list as in docs/interface.md. nil and an error when there is none.
function Interface:describe(name)
    local found = self.items[name]
    if found then
        return found
    end
    local handle, failure = self:open()
    failure = failure or errors.of_name(name)
    if failure then
        return nil, failure
    end
    local text = ffi.new("const char *[1]")
    local err = errors.take(abi.interface_describe(handle, nil, name, "lua", text))
    if err then
        return nil, err
    end
    local chunk = assert(loadstring("return " .. ffi.string(text[0]), "=nlib: interface"))
    found = setfenv(chunk, {})()
    self.items[name] = found
    return found
end

-- The first of one kind that has the name, or nil.
function Interface:item(kind, name)
    local items = self:describe(name)
    for _, item in ipairs(items or {}) do
        if item.item == kind then
            return item
        end
    end
    return nil
end

-- The names of one kind, or of all when it is nil, each on a line of its own, with a line break before and
-- after each. nil and an error when the headers cannot be read.
function Interface:text(kind)
    local key = kind or "all"
    local handle, failure = self:open()
    if not handle then
        return nil, failure
    end
    if not self.texts[key] then
        local names = ffi.new("const char *[1]")
        local err = errors.take(abi.interface_names(handle, kind, names))
        if err then
            return nil, err
        end
        self.texts[key] = "\n" .. ffi.string(names[0]) .. "\n"
    end
    return self.texts[key]
end

-- Whether anything is in a namespace or class.
function Interface:has_scopes()
    if self.scopes == nil then
        local text = self:text()
        self.scopes = text ~= nil and text:find("::", 1, true) ~= nil
    end
    return self.scopes
end

-- Whether something is called `name::` and more.
function Interface:is_scope(name)
    local text = self:has_scopes() and self:text()
    return text and text:find("\n" .. name .. "::", 1, true) ~= nil or false
end

-- The address of a function's symbol or thunk. Raises an error.
function Interface:symbol(symbol)
    local handle, failure = self:open()
    if not handle then
        errors.raise(failure)
    end
    local address = ffi.new("void *[1]")
    local err = errors.take(abi.interface_symbol(handle, symbol, address))
    if err then
        errors.raise(err)
    end
    return address[0]
end

-- Frees the handle.
function Interface:close()
    if self.handle then
        abi.interface_free(ffi.gc(self.handle, nil))
        self.handle = nil
    end
    self.failure = errors.new("unloaded", self.name .. " was unloaded")
end

return interface
