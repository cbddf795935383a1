-- The end of a library's code, and the code that comes after it.

local ffi = require "ffi"
local abi = require "nlib.abi"
local callbacks = require "nlib.callbacks"
local classes = require "nlib.classes"
local context = require "nlib.context"
local errors = require "nlib.errors"
local generation = require "nlib.generation"
local lookup = require "nlib.lookup"

jit.off(true, true)

-- Every function takes the internals of a library first (nlib.library).
local reload = {}

local function forget(self)
    for scope in pairs(self.scopes) do
        for key in pairs(scope) do
            scope[key] = nil
        end
    end
end

-- Unloads one code. nil and an error when it is in use.
local function unload_code(made)
    if not made.loaded then
        return true
    end
    local function attempt()
        local _, result, failed = callbacks.invoke(abi.unload, made.handle)
        return errors.take(result), failed
    end
    local err, failed = attempt()
    if err and err.kind == "in-use" then -- by a handle that nobody has any more, perhaps
        collectgarbage()
        collectgarbage()
        err, failed = attempt()
    end
    if err then
        return nil, err
    end
    made.loaded = false
    generation.close(made)
    callbacks.free_all(made.callbacks)
    classes.detach(made)
    made.interface:close()
    if failed then
        return nil, failed[1]
    end
    return true
end

-- Unloads the library: its destructors run. nil and an error when it is in use; it then stays as it was.
function reload.unload(self)
    if self.unloaded then
        return nil, errors.new("unloaded", ("%s was unloaded already"):format(self.name))
    end
    for index = #self.generations, 1, -1 do
        local done, err = unload_code(self.generations[index])
        if not done then
            return nil, err
        end
    end
    for _, callback in ipairs(self.host) do
        callback:free()
    end
    self.unloaded = true
    forget(self)
    return true
end

-- Whether two handles are of the same code: their first symbols are at one address.
local function same_code(left, right)
    local function first(handle)
        local info = ffi.new("nlib_luajit_symbol_info")
        info.struct_size = ffi.sizeof(info)
        if errors.take(abi.symbol_at(handle, 0, info)) then
            return nil
        end
        return info.address
    end
    local one, two = first(left), first(right)
    return one ~= nil and one == two
end

-- Loads the source anew; see nlib.methods. Raises the load's error.
function reload.reload(self, changes)
    lookup.usable(self)
    local options, discard = {}, changes and changes.discard
    for key, value in pairs(self.options) do
        options[key] = value
    end
    for key, value in pairs(changes or {}) do
        options[key] = value
    end
    options.discard = nil
    local filling = context.fill(self.context, options)
    local handle = context.load_handle(self.context, filling)
    local old = self.generation
    if same_code(handle, old.handle) then
        abi.release(handle)
        for _, callback in ipairs(filling.callbacks) do
            callback:free()
        end
        return self.object
    end
    for _, callback in ipairs(filling.callbacks) do
        self.host[#self.host + 1] = callback
    end
    self.options = options
    self.generation = generation.new(self, handle)
    self.generation.types.uses = old.types.uses
    self.generations[#self.generations + 1] = self.generation
    old.replaced = true
    generation.close(old)
    classes.detach(old)
    forget(self)
    if discard then
        local done, err = unload_code(old)
        if not done then
            return nil, err
        end
        for index, each in ipairs(self.generations) do
            if each == old then
                table.remove(self.generations, index)
                break
            end
        end
    end
    return self.object
end

-- The function that took the place of a plan's, in the code that is in use.
function reload.successor(self, plan)
    if plan.text then -- of lib:symbol
        return self.object:symbol(plan.name, plan.text)
    end
    local method = plan.item.method
    if method and method.kind == "method" then
        local made = self.generation
        local entry = made.types:ctype { kind = "record", name = method.record } and made.types.entries[method.record]
        return classes.find(entry, plan.name:match("[^:]+$"))
    end
    return self.symbols[plan.name]
end

return reload
