-- Functions of a library as Lua functions.
--
-- Each is written out as Lua source for its parameters, so that compiled code sees nothing but the call: a
-- test of the gate and of the number of arguments, both of which the compiler lifts out of loops. Whatever
-- is not ordinary (a closed gate, Lua functions as arguments, something wrong) goes to `slow`, which is
-- never compiled. How long that takes is measured by tests/bench.lua.

local ffi = require "ffi"
local callbacks = require "nlib.callbacks"
local arguments = require "nlib.arguments"
local errors = require "nlib.errors"
local plans = require "nlib.plans"

local classes

local control = callbacks.control
local functions = {}

-- Where thunks write what a C++ function threw: read at once after each call.
local failure = ffi.new("char *[1]")

-- Objects that nlib.delete ended and that Lua still refers to, by their addresses; `some` once there was one.
local deleted = { some = false, at = setmetatable({}, { __mode = "v" }) }

local function address_of(value)
    return tonumber(ffi.cast("intptr_t", ffi.cast("const void *", value)))
end

-- Notes that an object was ended, at whose addresses its bases are too.
function functions.end_object(object, list)
    deleted.some = true
    for _, address in ipairs(list) do
        deleted.at[address_of(address)] = object
    end
end

-- Whether an argument is an object that was ended, or a pointer to it.
local function is_deleted(value)
    if type(value) ~= "cdata" then
        return false
    end
    local known, address = pcall(address_of, value)
    return known and deleted.at[address] ~= nil
end

-- How to end each object that was made here.
local enders = setmetatable({}, { __mode = "k" })
functions.enders = enders

-- The addresses of functions, by the Lua functions for them.
local addresses = setmetatable({}, { __mode = "k" })

-- ---- Messages -----------------------------------------------------------------------------------

local function bad_argument(plan, position, why)
    local parameter = plan.parameters[position]
    if plan.method then
        position = position - 1
    end
    local where = position == 0 and ("calling '%s' on bad self"):format(plan.name)
        or ("bad argument #%d to '%s'"):format(position, plan.name)
    local name = parameter and parameter.name ~= "" and position > 0 and parameter.name .. ": " or ""
    return ("%s (%s%s) in '%s'"):format(where, name, why, plans.signature(plan.item))
end

-- What the FFI says of arguments, in terms of the function.
local function explain(plan, message)
    message = tostring(message):gsub("^[^\n]-:%d+: ", "")
    local position, why = message:match("^bad argument #(%d+) to '.-' %((.*)%)$")
    if position then
        return bad_argument(plan, tonumber(position) - (plan.memory and 1 or 0), why)
    end
    return ("'%s' cannot be called: %s"):format(plan.name, message)
end

local function wrong_count(plan, given)
    if plan.method and given == 0 then
        return bad_argument(plan, 1, "no object was given: call it as object:method(...)")
    end
    local needed = plan.count - (plan.method and 1 or 0)
    return ("wrong number of arguments to '%s' (%d given, %d needed%s) in '%s'"):format(plan.name,
        given - (plan.method and 1 or 0), needed, plan.variadic and " at least" or "", plans.signature(plan.item))
end

-- ---- Results ------------------------------------------------------------------------------------

local function free_text(plan, text)
    plan.generation.free = plan.generation.free
        or ffi.cast("void (*)(void *)", plan.generation.interface:symbol("nlib_thunk_free"))
    plan.generation.free(text)
end
jit.off(free_text)

-- The text that a thunk gave, which is freed.
local function owned(plan, text)
    if text == nil then
        return nil
    end
    local copy = ffi.string(text)
    free_text(plan, text)
    return copy
end

-- What a C++ function threw, as an error.
local function thrown(plan)
    local message = failure[0]
    failure[0] = nil
    return errors.new("exception", ("%s threw: %s"):format(plan.name, owned(plan, message)))
end

local finish = {
    void = function() end,
    plain = function(_, result)
        return result
    end,
    text = function(_, result)
        if result ~= nil then
            return ffi.string(result)
        end
        return nil
    end,
    ["owned text"] = owned,
    memory = function(_, _, memory)
        return memory
    end,
    object = function(plan, _, memory)
        enders[memory] = plan.destroy
        return ffi.gc(memory, plan.destroy)
    end,
}

-- ---- The uncompiled way -------------------------------------------------------------------------

-- Converts the arguments in place, and adds the callbacks that are made for them to `made`. Gives what is
-- wrong: its position and why.
local function convert(plan, given, made)
    for position, parameter in ipairs(plan.parameters) do
        local value = given[position]
        local kind = type(value)
        local why
        if parameter.object and deleted.some and is_deleted(value) then
            return position, "the object was deleted"
        end
        if parameter.callback and (kind == "function" or kind == "table") then
            local callback
            value = addresses[value] or value
            value, callback, why = arguments.callback(plan.generation.types, parameter, value, plan.name)
            made[#made + 1] = callback
        elseif parameter.takes[kind] then
            value, why = parameter.takes[kind](value)
        end
        if parameter.needed and value == nil and not why then
            why = (kind == "nil" and "it is nil: " or "it is NULL: ") .. parameter.needed
        end
        if why then
            return position, why
        end
        given[position] = value
    end
    return nil
end

local function free(made)
    for _, callback in ipairs(made) do
        callback:free()
    end
end

-- Why the plan's code is not to be called: a message; or the function of the code that took its place.
local function stale(plan)
    local generation = plan.generation
    if plan.pinned then
        return not generation.loaded and ("%s was unloaded"):format(generation.library.name) or nil
    elseif generation.replaced and not generation.library.unloaded then
        return nil, generation.library:successor(plan)
    end
    return ("'%s' cannot be called: %s was unloaded"):format(plan.name, generation.library.name)
end

-- The arguments of the C function: a list and its length, and the memory for the result in it. Raises what
-- goes wrong while callbacks are made; gives nil, a position and why for what cannot be taken.
local function prepare(plan, made, count, ...)
    local given = { ... }
    local converted, position, problem = pcall(convert, plan, given, made)
    if not converted then
        free(made)
        error(position, 0)
    elseif position then
        free(made)
        return nil, position, problem
    end
    local memory
    if plan.memory then
        memory = ffi.new(plan.memory)
        for index = count, 1, -1 do
            given[index + 1] = given[index]
        end
        given[1] = memory
        count = count + 1
    end
    if plan.throws then
        count = count + 1
        given[count] = failure
    end
    return given, count, memory
end

-- Calls as the plan says, by the interpreter: callbacks may run.
local function slow(plan, ...)
    if not plan.generation.life.open then
        local why, successor = stale(plan)
        if successor then
            return successor(...)
        elseif why then
            error(why, 2)
        end
    end
    local count = select("#", ...)
    if count ~= plan.count and not (plan.variadic and count > plan.count) then
        error(wrong_count(plan, count), 2)
    end
    if control.refusals ~= control.reported then
        errors.throw(callbacks.refusal(), 2)
    end

    local called, result, failed, memory, refused
    if plan.ordinary then
        called, result, failed = callbacks.invoke(plan.call, ...)
    else
        local made = {}
        local given, length
        given, length, memory = prepare(plan, made, count, ...)
        if not given then
            error(bad_argument(plan, length, memory), 2)
        end
        called, result, failed = callbacks.invoke(plan.call, unpack(given, 1, length))
        refused = callbacks.refusal() -- while it is known which callbacks were alive
        free(made)
    end

    if not called then
        error(explain(plan, result), 2)
    end
    local threw = plan.throws and failure[0] ~= nil and thrown(plan)
    if failed then
        error(failed[1], 0)
    elseif refused or control.refusals ~= control.reported then
        errors.throw(refused or callbacks.refusal(), 2)
    elseif threw then
        errors.throw(threw, 2)
    end
    return finish[plan.result](plan, result, memory)
end
jit.off(slow)

-- What went wrong in a call of compiled code.
local function failed(plan, called, result)
    if not called then
        error(explain(plan, result), 2)
    elseif plan.throws and failure[0] ~= nil then
        errors.throw(thrown(plan), 2)
    end
    errors.throw(callbacks.refusal(), 2)
end
jit.off(failed)

-- ---- The compiled way ---------------------------------------------------------------------------

local finish_source = {
    void = "return",
    plain = "return result",
    text = "if result ~= nil then return text(result) end return nil",
    ["owned text"] = "return owned(plan, result)",
    memory = "return memory",
    object = "enders[memory] = destroy return gc(memory, destroy)",
}

local function names_of(plan)
    local list = {}
    for position = 1, plan.count do
        list[position] = "a" .. position
    end
    return list
end

-- Lines that convert the argument `name` or turn to the uncompiled way.
local function checks(plan, position, name, lines)
    local parameter = plan.parameters[position]
    local function add(...)
        lines[#lines + 1] = ("        " .. string.format(...))
    end
    if parameter.object then
        add("if deleted.some and is_deleted(%s) then return slow(plan, ...) end", name)
    end
    if parameter.callback then
        add("if type(%s) == 'function' or type(%s) == 'table' then return slow(plan, ...) end", name, name)
    end
    for kind in pairs(parameter.takes) do
        add("if type(%s) == '%s' then", name, kind)
        add("    local converted, why = takes%d.%s(%s)", position, kind, name)
        add("    if why then return slow(plan, ...) end")
        add("    %s = converted", name)
        add("end")
    end
    if parameter.needed then
        add("if %s == nil then return slow(plan, ...) end", name)
    end
end

local function source(plan)
    local lines = {
        "local given = ...",
        "local plan, call, gate, control, slow, failed = given.plan, given.call, given.gate, given.control, given.slow, given.failed",
        "local text, owned, gc, new, failure = given.text, given.owned, given.gc, given.new, given.failure",
        "local deleted, is_deleted = given.deleted, given.is_deleted",
        "local destroy, enders, memory_type = given.destroy, given.enders, given.memory",
        "local select, type, pcall = select, type, pcall",
    }
    for position in ipairs(plan.parameters) do
        lines[#lines + 1] = ("local takes%d = given.plan.parameters[%d].takes"):format(position, position)
    end
    local names = names_of(plan)
    lines[#lines + 1] = "return function(...)"
    lines[#lines + 1] = ("    if gate.open and select('#', ...) %s %d then"):format(plan.variadic and ">=" or "==", plan.count)
    if plan.count > 0 then
        lines[#lines + 1] = ("        local %s = ..."):format(table.concat(names, ", "))
    end
    for position, name in ipairs(names) do
        checks(plan, position, name, lines)
    end
    local list = { "call" }
    if plan.memory then
        lines[#lines + 1] = "        local memory = new(memory_type)"
        list[#list + 1] = "memory"
    end
    for _, name in ipairs(names) do
        list[#list + 1] = name
    end
    if plan.throws then
        list[#list + 1] = "failure"
    end
    if plan.variadic then
        list[#list + 1] = ("select(%d, ...)"):format(plan.count + 1)
    end
    lines[#lines + 1] = ("        local called, result = pcall(%s)"):format(table.concat(list, ", "))
    lines[#lines + 1] = ("        if called and control.refusals == control.reported%s then"):format(
        plan.throws and " and failure[0] == nil" or "")
    lines[#lines + 1] = "            " .. finish_source[plan.result]
    lines[#lines + 1] = "        end"
    lines[#lines + 1] = "        return failed(plan, called, result)"
    lines[#lines + 1] = "    end"
    lines[#lines + 1] = "    return slow(plan, ...)"
    lines[#lines + 1] = "end"
    return table.concat(lines, "\n")
end

-- Whether the arguments go to C as they are.
local function is_ordinary(plan)
    for _, parameter in ipairs(plan.parameters) do
        if parameter.callback or parameter.needed or next(parameter.takes) then
            return false
        end
    end
    return not (plan.memory or plan.throws or plan.method)
end

local build

-- The Lua function for a plan. `gate` is that of the generation, or another for calls that run no callbacks.
function build(plan, gate)
    if not plan.call then
        local found, address = pcall(plan.generation.interface.symbol, plan.generation.interface, plan.symbol)
        if not found then
            if plan.otherwise then
                return build(plan.otherwise, gate)
            end
            error(address, 0)
        end
        plan.call = ffi.cast(plan.native, address)
    end
    if plan.result == "object" and not plan.destroy then
        classes = classes or require "nlib.classes"
        plan.destroy = classes.destroyer(plan.generation, plan.record) or function() end
    end
    plan.ordinary = is_ordinary(plan)
    local made = assert(loadstring(source(plan), "=nlib: " .. plan.name)) {
        plan = plan, call = plan.call, gate = gate or plan.generation.gate, control = control, slow = slow,
        failed = failed, text = ffi.string, owned = owned, gc = ffi.gc, new = ffi.new, failure = failure,
        deleted = deleted, is_deleted = is_deleted, destroy = plan.destroy, enders = enders, memory = plan.memory,
    }
    addresses[made] = not plan.memory and not plan.throws and ffi.cast("void *", plan.call) or nil
    return made
end

functions.build = build

-- ---- From descriptions --------------------------------------------------------------------------

-- The Lua function for everything that has a name, overloads and defaults among it: raises an error where
-- nothing of it can be called.
function functions.make(generation, name, items, gate)
    local list, reasons = {}, {}
    for _, item in ipairs(items) do
        local found, why = plans.of(generation, item)
        for _, plan in ipairs(found) do
            list[#list + 1] = plan
        end
        if #found == 0 then
            reasons[#reasons + 1] = ("'%s' cannot be called from LuaJIT: %s"):format(plans.signature(item), why)
        end
    end
    if #list == 0 then
        error(errors.new("symbol", table.concat(reasons, "\n")), 0)
    elseif #list == 1 then
        return build(list[1], gate)
    end
    return require "nlib.overloads".choose(name, list, function(plan)
        return build(plan, gate)
    end)
end

-- A function at an address, of the data of its type. `more` goes into its plan.
function functions.at(generation, name, type, address, more)
    local plan = plans.at(generation, name, type)
    plan.call = ffi.cast(plan.native, address)
    for key, value in pairs(more or {}) do
        plan[key] = value
    end
    return build(plan)
end

-- A function that calls pointers to functions of one type: (pointer, arguments...).
function functions.through_pointer(types, type, name)
    local known = {}
    return function(pointer, ...)
        if pointer == nil then
            error(("the pointer to %s is NULL"):format(name), 2)
        end
        local address = tonumber(ffi.cast("intptr_t", pointer))
        local found = known[address]
        if not found then
            found = functions.at(types.generation, name, type, pointer, { pinned = true })
            known[address] = found
        end
        return found(...)
    end
end

-- The address of the C function behind a Lua function that this module made, or nil.
function functions.address(made)
    return addresses[made]
end

return functions
