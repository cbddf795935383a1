-- From the description of a function to the ways in which it can be called.
--
-- A plan is one way, for one number of arguments:
--   generation, name, item    whose function it is, and what docs/interface.md says of it
--   symbol, native            where it is, and the FFI's type of it
--   parameters, count         as nlib.arguments describes them; for a method `self` is the first
--   variadic, method
--   memory                    the ctype of the record that the thunk makes its result in
--   result                    "void", "plain", "text" (const char *), "owned text", "memory" or "object" (memory that
--                             is ended with its destructor)
--   otherwise                 the plan to take when this one's code cannot be made
--   pinned                    whether it stays with its code when the library is reloaded
--   text                      the type that lib:symbol was given
--   throws                    whether the last parameter of C is `char **error`

local ffi = require "ffi"
local arguments = require "nlib.arguments"
local declaration = require "nlib.declaration"
local records = require "nlib.records"
local types_module = require "nlib.types"

jit.off(true, true)

local plans = {}

local error_type = ffi.typeof("char **")
local memory_pointer = ffi.typeof("void *")

local function is_text(types, type)
    type = types:resolve(type)
    if type.kind ~= "pointer" then
        return false
    end
    local to = types:resolve(type.to)
    return to.kind == "character" and to.size == 1 and to.const == true
end

-- Whether a function takes or gives records by value, and whether the FFI itself can pass all of these.
local function by_value(types, item)
    local has, fits = false, true
    local function look(type)
        type = types:resolve(type)
        if type.kind == "record" then
            has, fits = true, fits and records.entry(types, type.name).by_value
        end
    end
    for _, parameter in ipairs(item.parameters) do
        look(parameter.type)
    end
    look(item.result)
    return has, fits
end

local function self_parameter(types, item)
    local pointer = { kind = "pointer", to = { kind = "record", name = item.method.record, const = item.method.const } }
    local made = arguments.parameter(types, { name = "self", type = { kind = "reference", to = pointer.to } })
    made.ctype = types:ctype(pointer)
    return made
end

local function result_of(generation, item)
    if generation.types:resolve(item.result).kind == "void" then
        return "void"
    elseif generation.library.strings and is_text(generation.types, item.result) then
        return "text"
    end
    return "plain"
end

-- A plan without what differs between the direct call and the thunks.
local function begin(generation, item, count, pass)
    local types = generation.types
    local method = item.method and item.method.kind ~= "static"
    local made = {
        generation = generation, name = item.name, item = item, parameters = {},
        method = item.method and (item.method.kind == "method" or item.method.kind == "destructor"),
    }
    if method and item.method.kind ~= "constructor" then
        made.parameters[1] = self_parameter(types, item)
    end
    for index = 1, count do
        made.parameters[#made.parameters + 1] =
            arguments.parameter(types, item.parameters[index], pass and pass[index] or "value")
    end
    made.count = #made.parameters
    return made
end

local function ctypes_of(parameters, before, after)
    local list = { before }
    for _, parameter in ipairs(parameters) do
        list[#list + 1] = parameter.ctype
    end
    list[#list + 1] = after
    return list
end

local function direct(generation, item)
    local made = begin(generation, item, #item.parameters)
    made.symbol = item.symbol
    made.variadic = item.variadic
    made.result = result_of(generation, item)
    made.native = types_module.native_of(generation.types:ctype(item.result), ctypes_of(made.parameters), item.variadic)
    return made
end

local function constructs(item)
    return item.method ~= nil and item.method.kind == "constructor"
end

local function thunk(generation, item, symbol)
    local types = generation.types
    local made = begin(generation, item, symbol.arguments, item.thunk.pass)
    made.symbol = symbol.symbol
    made.throws = item.thunk.throws
    local result = ffi.typeof("void")
    local returns = item.thunk.returns
    local record
    if constructs(item) then
        record = records.entry(types, item.method.record)
    elseif returns == "pointer" then
        record = records.entry(types, types:resolve(item.result).name)
    elseif returns == "string" then
        made.result, result = "owned text", ffi.typeof("char *")
    else
        made.result, result = result_of(generation, item), types:ctype(item.result)
    end
    if record then
        made.memory = record.ctype
        made.record = record.name
        made.result = record.description.trivial and "memory" or "object"
    end
    made.native = types_module.native_of(result,
        ctypes_of(made.parameters, record and memory_pointer, made.throws and error_type or nil))
    return made
end

-- Why LuaJIT cannot call it, from an error that was raised on the way.
local function reason(problem)
    if type(problem) == "table" and problem.unsupported then
        return ("it takes or gives %s, which LuaJIT does not have"):format(problem.unsupported)
    end
    error(problem, 0)
end

-- All plans for one description: a list, and why it has none.
--
-- LuaJIT does not compile calls that pass records by value, and the loops around them stay uncompiled too. So where
-- such a function has a thunk, which takes pointers, that goes before the direct call: `otherwise` of its plan, for
-- when the thunks cannot be made.
function plans.of(generation, item)
    local list, why = {}, nil
    local function try(make, ...)
        local made, plan = pcall(make, generation, item, ...)
        if made then
            return plan
        end
        why = reason(plan)
        return nil
    end
    local full
    if item.direct and not constructs(item) then
        local known, has, fits = pcall(by_value, generation.types, item)
        if not known then
            why = reason(has)
        else
            full = fits and try(direct) or nil
        end
        if full and not has then
            list[1] = full
        end
    end
    for _, symbol in ipairs(item.thunk and item.thunk.symbols or {}) do
        if not (list[1] == full and full and symbol.arguments == #item.parameters) then
            local plan = try(thunk, symbol)
            if plan and symbol.arguments == #item.parameters then
                plan.otherwise = full
            end
            list[#list + 1] = plan
        end
    end
    local has_full = false
    for _, plan in ipairs(list) do
        has_full = has_full or plan == full or plan.otherwise == full
    end
    if full and not has_full then
        list[#list + 1] = full
    end
    if #list == 0 and not why then
        why = item.direct and "LuaJIT cannot pass its structures by value"
            or "the headers declare it, but the library has no code of it that C could call"
    end
    return list, why
end

-- A plan for a function that is called at an address, of the data of its type.
function plans.at(generation, name, type)
    local item = { name = name, result = type.result, parameters = type.parameters, variadic = type.variadic, symbol = name }
    return direct(generation, item)
end


plans.signature = declaration.signature

return plans
