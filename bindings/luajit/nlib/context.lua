-- Contexts and loads: `nlib.open`, `nlib.load`, `nlib.start`.

local ffi = require "ffi"
local abi = require "nlib.abi"
local callbacks = require "nlib.callbacks"
local errors = require "nlib.errors"
local messages = require "nlib.messages"
local request = require "nlib.request"

jit.off(true, true)

local FOREVER = 0xffffffff -- NLIB_FOREVER
local STEP = 20 -- milliseconds between deliveries of messages while a load goes on

local context = {}
local library

-- ---- Options ------------------------------------------------------------------------------------

local known = {
    cache_directory = "string", worker = "string", project_folder = "string", profile = "string",
    library_path = "table", cache = "string", offline = "boolean", jobs = "number", log = "function",
    progress = "function",
}
local cache_modes = { default = 0, on = 1, off = 2, ["read-only"] = 3, recache = 4 }

local function options_of(given, queue)
    local made, anchors = ffi.new("nlib_luajit_options"), {}
    made.struct_size = ffi.sizeof(made)
    for _, member in ipairs { "cache_directory", "worker", "project_folder", "profile" } do
        made[member] = given[member]
    end
    local path = given.library_path or {}
    if #path > 0 then
        anchors[1] = ffi.new("const char *[?]", #path, path)
        made.library_path, made.library_path_count = anchors[1], #path
    end
    local mode = cache_modes[given.cache or "default"]
    if not mode then
        errors.raise(errors.new("usage", ("nlib.open: there is no cache mode '%s'; default, on, off, read-only and recache are"):format(
            given.cache)))
    end
    made.cache_mode, made.offline, made.jobs = mode, given.offline and 1 or 0, given.jobs or 0
    if queue then
        made.log, made.log_data, made.progress, made.progress_data = queue.log, queue.data, queue.progress, queue.data
    end
    return made, anchors
end

local function open_handle(given, queue)
    local options, anchors = options_of(given, queue)
    local handle = ffi.new("void *[1]")
    local err = errors.take(abi.open(options, handle))
    anchors[1] = nil -- they had to be alive until here
    if err then
        errors.raise(err)
    end
    return handle[0]
end

-- Runs f and gives its results, or nil and the error when it raises one of nlib's.
local function protected(f, ...)
    local function finish(ran, ...)
        if ran then
            return ...
        end
        local err = ...
        if errors.is(err) then
            return nil, err
        end
        error(err, 0)
    end
    return finish(pcall(f, ...))
end

-- ---- Contexts -----------------------------------------------------------------------------------

local Context = {}
Context.__index = Context

local function open(given)
    given = given or {}
    request.check(given, known, "nlib.open")
    local queue
    if given.log or given.progress then
        local plain = open_handle(given)
        local made, why = pcall(messages.queue, plain, given.log, given.progress)
        abi.close(plain)
        if not made then
            error(why, 0)
        end
        queue = why
    end
    local handle = open_handle(given, queue)
    return setmetatable({ handle = ffi.gc(handle, abi.close), queue = queue }, Context)
end

-- Makes a context. nil and an error when it cannot.
function context.open(given)
    return protected(open, given)
end

local default

-- The context of nlib.load: as the environment says.
function context.default()
    if not default then
        default = open {}
    end
    return default
end

function Context:deliver()
    if self.queue then
        self.queue.deliver()
    end
end

-- Frees it. What it loaded stays loaded, and can no longer be unloaded.
function Context:close()
    abi.close(ffi.gc(self.handle, nil))
    self:deliver()
end

-- ---- Loads --------------------------------------------------------------------------------------

local function finished(self, options, filling, handle)
    library = library or require "nlib.library"
    return library.new(self, options, filling, handle)
end

-- The handle that a request gives. Raises an error.
function context.load_handle(self, filling)
    local handle = ffi.new("void *[1]")
    local _, result, failed = callbacks.invoke(abi.load, self.handle, filling.request, handle)
    self:deliver()
    local err = errors.take(result)
    if failed then
        error(failed[1], 0)
    elseif err then
        errors.raise(err)
    end
    return handle[0]
end

function context.fill(self, options)
    return request.make(options, function(type, run, name)
        return context.callback(self, type, run, ("'%s' of the host"):format(name))
    end)
end

local function load(self, given)
    local options = request.options(given)
    local filling = context.fill(self, options)
    local made, result = pcall(function()
        if self.queue and not filling.has_callbacks then
            local task = context.start_filled(self, options, filling)
            repeat
                local done = task:done(STEP)
                self:deliver()
            until done
            return task:result()
        end
        return finished(self, options, filling, context.load_handle(self, filling))
    end)
    if not made then
        for _, callback in ipairs(filling.callbacks) do
            callback:free()
        end
        error(result, 0)
    end
    return result
end

-- Loads a library. nil and an error when it cannot.
function Context:load(given)
    return protected(load, self, given)
end

-- ---- Tasks --------------------------------------------------------------------------------------

local Task = {}
Task.__index = Task

-- Waits at most so many milliseconds, 0 when absent. Whether the load is done, however it ended.
function Task:done(milliseconds)
    if self.library or self.failure then
        return true
    end
    local handle = ffi.new("void *[1]")
    local _, result, failed = callbacks.invoke(abi.task_wait, self.handle, milliseconds or 0, handle)
    self.context:deliver()
    self.failure = errors.take(result)
    if failed then
        error(failed[1], 0)
    end
    if handle[0] ~= nil then
        self.library = finished(self.context, self.options, self.filling, handle[0])
    end
    if self.failure then
        for _, callback in ipairs(self.filling.callbacks) do
            callback:free()
        end
    end
    return self.library ~= nil or self.failure ~= nil
end

-- The library of a load that is done. Raises its error.
function Task:result()
    if self.failure then
        error(self.failure, 0)
    end
    return self.library
end

-- Waits for the library, at most so many milliseconds or without end. nil and an error when it cannot be loaded;
-- its kind is "pending" when the load goes on.
function Task:wait(milliseconds)
    if self:done(milliseconds or FOREVER) then
        return self.library, self.failure
    end
    return nil, errors.new("pending", ("the load goes on after %d milliseconds"):format(milliseconds))
end

-- Asks for the load to be given up; it is then done with an error of kind "cancelled". Does not wait.
function Task:cancel()
    abi.task_cancel(self.handle)
end

function context.start_filled(self, options, filling)
    local handle = ffi.new("void *[1]")
    local err = errors.take(abi.load_start(self.handle, filling.request, nil, nil, handle))
    if err then
        errors.raise(err)
    end
    return setmetatable({ context = self, options = options, filling = filling,
        handle = ffi.gc(handle[0], abi.task_free) }, Task)
end

local function start(self, given)
    local options = request.options(given)
    return context.start_filled(self, options, context.fill(self, options))
end

-- Begins to load beside the program. Gives a task; nil and an error when the request makes no sense.
function Context:start(given)
    return protected(start, self, given)
end

-- ---- Callbacks ----------------------------------------------------------------------------------

-- Types of the program itself: what C has, and what was declared with ffi.cdef.
local function types_of_program(self)
    local types = require "nlib.types".new(function() end)
    types.generation = {
        library = { name = "the program", context = self, strings = true },
        gate = callbacks.gate(), life = { open = true }, loaded = true, types = types,
        interface = { has_scopes = function() return false end, is_scope = function() return false end },
    }
    return types
end

-- A callback whose type is C text in which only the program's own types are named.
function context.callback(self, text, run, label)
    self.types = self.types or types_of_program(self)
    local type = callbacks.function_type(self.types, self.types:parse(text), text)
    return callbacks.new(self.types, type, run, label or ("'%s'"):format(text), self.handle)
end

context.protected = protected

return context
