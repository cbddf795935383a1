-- Callbacks: Lua functions that C calls, and the calls of C functions that may run them.
--
-- LuaJIT ends the process when compiled Lua code calls a C function that calls back. So calls of a library's
-- functions come in two kinds:
--   open    made by compiled code, as fast as the FFI is. Only while no callback exists.
--   invoke  made by the interpreter, and noted in the control block, so that callbacks may enter Lua
-- A `gate` says which: `gate.open` is true while its owner is loaded and no callback exists. Compiled code
-- tests it, and as making a callback is never compiled, the test holds for as long as the code relies on it.
--
-- Who calls a callback otherwise (another thread; a bare pointer called by compiled code; C code after the
-- callback has ended) is refused by the slot (nlib.trampoline): C gets zero, and the refusal is raised by the
-- call that goes on, or the next. An error in a callback is kept, C gets zero, and the call that ran the
-- callback raises it.

local ffi = require "ffi"
local errors = require "nlib.errors"
local trampoline = require "nlib.trampoline"
local units = require "nlib.units"
local records

jit.off(true, true)

local thread = ffi.C.nlib_luajit_thread
local control = ffi.cast("nlib_luajit_control *", ffi.C.nlib_luajit_calloc(1, ffi.sizeof("nlib_luajit_control")))

local callbacks = { control = control }

-- ---- Gates --------------------------------------------------------------------------------------

local gates = setmetatable({}, { __mode = "k" })
local living = 0 -- how many callbacks exist

-- A gate for the calls of something that is loaded.
function callbacks.gate()
    local gate = { alive = true, open = living == 0 }
    gates[gate] = true
    return gate
end

-- Closes a gate for ever.
function callbacks.shut(gate)
    gate.alive, gate.open = false, false
end

local function count(change)
    living = living + change
    if living <= 1 then
        for gate in pairs(gates) do
            gate.open = gate.alive and living == 0
        end
    end
end

-- ---- Calls --------------------------------------------------------------------------------------

local pending -- { error } of the first callback that failed in the call that goes on
local entered = false -- whether control.thread is this thread

-- Calls a C function that may run callbacks. Gives whether its arguments could be converted, its result or
-- the message why not, and { error } when a callback failed.
function callbacks.invoke(f, ...)
    local outer_entered, outer_pending = entered, pending
    entered, pending = true, nil
    control.thread = thread()
    local called, result = pcall(f, ...)
    local failed = pending
    entered, pending = outer_entered, outer_pending
    if not entered then
        control.thread = 0
    end
    return called, result, failed
end

local entries = {} -- what a slot runs, by its key
local labels = {} -- what it is or was, by its key

-- The refusal that nobody knows of yet, as an error; nil when there is none.
function callbacks.refusal()
    if control.refusals == control.reported then
        return nil
    end
    control.reported = control.refusals
    local key, at_home = control.refused_key, control.refused_thread == thread()
    local label = labels[key] or "?"
    if not entries[key] then
        return errors.new("callback", callbacks.ended(label))
    elseif at_home then
        return errors.new("callback", ("callback %s was called by a function that was itself called through its bare"
            .. " pointer, or as a leaf; it did not run and gave 0. Call that function through the library."):format(label))
    end
    return errors.new("callback", ("callback %s was called from another thread; it did not run and gave 0. Lua runs only on"
        .. " the thread that calls the library."):format(label))
end

function callbacks.ended(label)
    return ("callback %s was called after it had ended; it gave 0. A Lua function that is given as an argument lives until"
        .. " that call returns: make one that C may keep with lib:callback(type, function)."):format(label)
end

local function dispatch(key, frame)
    entered, control.thread = false, 0
    local entry = entries[key]
    local ran, err
    if entry then
        ran, err = pcall(entry, frame)
    else
        ran, err = false, errors.new("callback", callbacks.ended(labels[key] or "?"))
    end
    entered, control.thread = true, thread()
    if not ran and not pending then
        pending = { err }
    end
end

-- ---- Slots --------------------------------------------------------------------------------------

local SLOTS = { 32, 256, 2048, 16384 } -- of the units of one signature
local pools = {} -- by signature: free slots, oldest first; and the unit that they come from
local last_key = 0

local function surrender_at_end(give_back)
    return ffi.gc(ffi.new("char[1]"), function()
        give_back(control)
    end)
end

local function next_unit(pool, plan, context)
    local slots = SLOTS[pool.units + 1]
    if not slots then
        error("nlib: too many callbacks of one type exist; free those that are not needed", 0)
    end
    local symbol = units.load(context, "nlib-luajit-callbacks", trampoline.text(plan, slots))
    pool.claim = ffi.cast("void *(*)(nlib_luajit_control *, uint32_t)", symbol "nlib_luajit_claim")
    pool.ends[#pool.ends + 1] = surrender_at_end(
        ffi.cast("void (*)(nlib_luajit_control *)", symbol "nlib_luajit_surrender"))
    pool.units = pool.units + 1
end

-- A slot that is free: { key, address }. Those that were used longest ago come first, so that a late call of a
-- callback that has ended finds it ended.
local function take_slot(plan, context)
    local pool = pools[plan.signature]
    if not pool then
        pool = { units = 0, ends = {}, free = {}, first = 1, last = 0 }
        pools[plan.signature] = pool
    end
    if control.dispatch == nil then
        control.dispatch = ffi.cast("void (*)(uint32_t, void *)", dispatch)
    end
    local address
    repeat
        if not pool.claim then
            if pool.last >= pool.first then
                local slot = pool.free[pool.first]
                pool.free[pool.first] = nil
                pool.first = pool.first + 1
                return slot, pool
            end
            next_unit(pool, plan, context)
        end
        last_key = last_key + 1
        address = pool.claim(control, last_key)
        if address == nil then
            pool.claim = nil
        end
    until address ~= nil
    return { key = last_key, address = address }, pool
end

local function give_slot(pool, slot)
    pool.last = pool.last + 1
    pool.free[pool.last] = slot
end

-- ---- Entering Lua -------------------------------------------------------------------------------

-- The function that makes of a Lua function what dispatch calls with a frame: written out for the number of
-- parameters.
local function entry_source(parameters, void)
    local given = {}
    for index, parameter in ipairs(parameters) do
        given[index] = parameter.copy and ("copy%d(frame.a%d)"):format(index, index) or ("frame.a" .. index)
    end
    local lines = { "local cast, frame_type, given = ...\n" }
    for index, parameter in ipairs(parameters) do
        if parameter.copy then
            lines[#lines + 1] = ("local copy%d = given[%d].copy\n"):format(index, index)
        end
    end
    lines[#lines + 1] = "return function(run, set)\n    return function(pointer)\n"
        .. "        local frame = cast(frame_type, pointer)\n"
    local call = "run(" .. table.concat(given, ", ") .. ")"
    lines[#lines + 1] = void and ("        " .. call .. "\n") or ("        set(frame, " .. call .. ")\n")
    lines[#lines + 1] = "    end\nend\n"
    return table.concat(lines)
end

-- How functions of a type are entered: kept with the library's types.
local function shape_of(types, type)
    types.shapes = types.shapes or setmetatable({}, { __mode = "k" }) -- by the table of data, and by key
    local shape = types.shapes[type]
    if shape then
        return shape
    end
    local key = types:key(type)
    shape = types.shapes[key]
    if shape then
        types.shapes[type] = shape
        return shape
    end
    if type.variadic then
        error("a callback cannot take '...'", 0)
    end
    records = records or require "nlib.records"
    shape = { plan = trampoline.plan(types, type, function(name)
        return records.entry(types, name)
    end) }
    local void = types:resolve(type.result).kind == "void"
    local members, given, parameters = { void and "void *result; " or "$ result; " }, {}, {}
    if not void then
        given[1] = types:ctype(type.result)
    end
    for index, parameter in ipairs(type.parameters) do
        local ctype = types:ctype(parameter.type)
        members[#members + 1] = "$ a" .. index .. "; "
        given[#given + 1] = ctype
        parameters[index] = { copy = types:resolve(parameter.type).kind == "record" and ctype }
    end
    local frame = ffi.typeof("struct { " .. table.concat(members) .. "} *", unpack(given))
    shape.enter = assert(loadstring(entry_source(parameters, void), "=nlib: a callback"))(ffi.cast, frame, parameters)
    shape.pointer = types:ctype { kind = "pointer", to = type }
    types.shapes[key], types.shapes[type] = shape, shape
    return shape
end

local function setter(label)
    local function store(frame, value)
        frame.result = value
    end
    return function(frame, value)
        local stored, why = pcall(store, frame, value)
        if not stored then
            error(("callback %s gave a result that C cannot take: %s"):format(label, tostring(why):gsub("^.-:%d+: ", "")), 0)
        end
    end
end

-- ---- Callbacks ----------------------------------------------------------------------------------

local Callback = {}
Callback.__index = Callback

-- Ends it. When C calls it afterwards, it gets zero and the call raises an error.
function Callback:free()
    if self.slot then
        entries[self.slot.key] = nil
        give_slot(self.pool, self.slot)
        self.slot = nil
        count(-1)
        if self.keeper then
            self.keeper[self] = nil
        end
    end
end

function Callback:__tostring()
    return ("callback %s (%s)"):format(self.label, self.slot and "alive" or "ended")
end

function callbacks.is(value)
    return getmetatable(value) == Callback
end

-- The data of the function's type in the data of a type: of the function itself or of a pointer to it. `text` is
-- for the message when it is neither.
function callbacks.function_type(types, type, text)
    type = types:resolve(type)
    if type.kind == "pointer" then
        type = types:resolve(type.to)
    end
    if type.kind ~= "function" then
        error(("'%s' is not a type of functions"):format(text), 0)
    end
    return type
end

-- Makes a callback that runs the Lua function `run`. `type` is the data of a function's type in `types`;
-- `label` is what messages call it; `context` compiles what it needs. It lives until its free is called;
-- `keeper`, a set of callbacks, ends those in it with callbacks.free_all.
function callbacks.new(types, type, run, label, context, keeper)
    local shape = shape_of(types, type)
    local slot, pool = take_slot(shape.plan, context)
    labels[slot.key] = label
    entries[slot.key] = shape.enter(run, setter(label))
    count(1)
    local made = setmetatable({ label = label, slot = slot, pool = pool, keeper = keeper }, Callback)
    made.pointer = ffi.cast(shape.pointer, slot.address)
    if keeper then
        keeper[made] = true
    end
    return made
end

-- Ends all callbacks of a set.
function callbacks.free_all(keeper)
    local list = {}
    for callback in pairs(keeper) do
        list[#list + 1] = callback
    end
    for _, callback in ipairs(list) do
        callback:free()
    end
end

return callbacks
