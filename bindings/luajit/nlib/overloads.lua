-- Functions of one name: which is meant is decided by the number of arguments, then by how well their types
-- fit. Lua has one type for numbers: a whole number is taken for an `int` where there is one, any other for
-- a `double`. Where two fit equally well it is an error that lists them; lib["add(double, double)"] names one.

local ffi = require "ffi"
local callbacks = require "nlib.callbacks"
local plans = require "nlib.plans"

local overloads = {}

local function for_number(type, value)
    local whole = value == math.floor(value) and math.abs(value) <= 2 ^ 53
    if type.kind == "integer" then
        local bits = 8 * math.min(type.size, 8)
        local least = type.signed and -2 ^ (bits - 1) or 0
        local most = type.signed and 2 ^ (bits - 1) or 2 ^ bits
        if not whole or value < least or value >= most then
            return nil
        end
        return (type.size == 4 and 6 or type.size == 8 and 5 or 3) + (type.signed and 0.5 or 0)
    elseif type.kind == "float" then
        return (type.size == 8 and 5 or 4) - (whole and 1.2 or 0)
    elseif type.kind == "enum" then
        return whole and 2 or nil
    elseif type.kind == "character" then
        return whole and 1 or nil
    end
    return nil
end

local function fits(ctype, value)
    return pcall(ffi.new, ctype, value)
end

-- How well a value fits a parameter: a number, nil when it does not.
local function score(types, parameter, value)
    local kind = type(value)
    local resolved = types:resolve(parameter.type)
    if resolved.kind == "reference" then
        resolved = types:resolve(resolved.to)
    end
    if kind == "number" then
        return (fits(parameter.ctype, value) or parameter.takes.number) and for_number(resolved, value) or nil
    elseif kind == "boolean" then
        return resolved.kind == "bool" and 6 or nil
    elseif kind == "string" then
        if parameter.takes.string then
            return select(2, parameter.takes.string(value)) == nil and (parameter.text and 6 or 4) or nil
        elseif parameter.needed and resolved.kind == "record" then
            return fits(parameter.ctype, value) and 6 or nil
        end
        local text = resolved.kind == "pointer" and types:resolve(resolved.to).kind == "character"
        return fits(parameter.ctype, value) and (text and 6 or 1) or nil
    elseif kind == "nil" then
        return not parameter.needed and fits(parameter.ctype, value) and 2 or nil
    elseif parameter.callback and (kind == "function" or callbacks.is(value)) then
        return 6
    elseif kind == "cdata" then
        local wanted = resolved.kind == "record" and types:ctype(resolved) or parameter.ctype
        if ffi.istype(wanted, value) or ffi.istype(parameter.ctype, value) then
            return 8
        end
        if parameter.takes.cdata then
            value = parameter.takes.cdata(value)
        end
        return fits(parameter.ctype, value) and (resolved.kind == "integer" and 6 or 3) or nil
    elseif parameter.takes[kind] then
        return select(2, parameter.takes[kind](value)) == nil and 3 or nil
    end
    return fits(parameter.ctype, value) and 2 or nil
end

local function total(plan, ...)
    local sum = 0
    for position, parameter in ipairs(plan.parameters) do
        local found = score(plan.generation.types, parameter, (select(position, ...)))
        if not found then
            return nil
        end
        sum = sum + found
    end
    return sum
end

local function list_of(candidates)
    local lines, seen = {}, {}
    for _, plan in ipairs(candidates) do
        local signature = plans.signature(plan.item)
        if not seen[signature] then
            seen[signature] = true
            lines[#lines + 1] = "\n  " .. signature
        end
    end
    return table.concat(lines)
end

local function kinds_of(plan, ...)
    local list = {}
    for position = plan.method and 2 or 1, select("#", ...) do
        local value = select(position, ...)
        list[#list + 1] = type(value) == "cdata" and tostring(ffi.typeof(value)):match("<(.*)>") or type(value)
    end
    return table.concat(list, ", ")
end

local function is_const(plan)
    return plan.item.method ~= nil and plan.item.method.const == true
end

-- The plan that fits best; nil and a message when none does, or two do.
local function best(name, candidates, ...)
    local found, most, other
    for _, plan in ipairs(candidates) do
        local sum = total(plan, ...)
        if sum and (not most or sum > most) then
            found, most, other = plan, sum, nil
        elseif sum and sum == most then
            if is_const(plan) ~= is_const(found) then
                found = is_const(found) and plan or found
            else
                other = plan
            end
        end
    end
    if not found then
        return nil, ("no '%s' takes (%s); there are:%s"):format(name, kinds_of(candidates[1], ...), list_of(candidates))
    elseif other then
        return nil, ("'%s' is ambiguous for (%s); name one by its parameters, as in lib[\"%s(...)\"]:%s"):format(name,
            kinds_of(candidates[1], ...), name, list_of { found, other })
    end
    return found
end

-- Plans by the number of arguments they take.
local function by_count(list)
    local found, variadic = {}, {}
    for _, plan in ipairs(list) do
        found[plan.count] = found[plan.count] or {}
        table.insert(found[plan.count], plan)
        if plan.variadic then
            variadic[#variadic + 1] = plan
        end
    end
    return found, variadic
end

-- ---- What has been decided before ---------------------------------------------------------------

-- What kind of value an argument is, so that arguments of the same kinds mean the same function; nil for values
-- of which more has to be looked at. `narrow`: whether one of the functions takes integers of less than 32 bits.
local function kind_of(value, narrow)
    local kind = type(value)
    if kind == "number" then
        if value ~= math.floor(value) then
            return "fraction"
        elseif value >= 0 and value < (narrow and 128 or 2 ^ 31) then
            return "whole"
        end
        return nil
    end
    return (kind == "boolean" or kind == "nil" or kind == "string" or kind == "function") and kind or nil
end

local function is_narrow(list)
    for _, plan in ipairs(list) do
        for _, parameter in ipairs(plan.parameters) do
            local type = plan.generation.types:resolve(parameter.type)
            if parameter.takes.string then
                return nil -- the text itself matters
            elseif type.size and type.size < 4 then
                return true
            end
        end
    end
    return false
end

-- A function that gives what is known for arguments, and one that makes it known: for one number of arguments,
-- of which the first `skipped` do not matter.
local function memory_for(count, skipped, narrow)
    local names, lines = {}, {}
    for position = 1, count do
        names[position] = "a" .. position
        if position > skipped then
            lines[#lines + 1] = ("    node = node[kind_of(a%d, narrow) or none]\n    if node == nil then return nil end\n"):format(position)
        end
    end
    local text = "local root, kind_of, narrow, none = ...\nreturn function(" .. table.concat(names, ", ") .. ")\n    local node = root\n"
        .. table.concat(lines) .. "    return node\nend\n"
    local root = {}
    local recall = assert(loadstring(text, "=nlib: overloads"))(root, kind_of, narrow, {})
    return recall, function(found, ...)
        local node = root
        for position = skipped + 1, count do
            local kind = kind_of(select(position, ...), narrow)
            if not kind then
                return
            elseif position == count then
                node[kind] = found
            else
                node[kind] = node[kind] or {}
                node = node[kind]
            end
        end
    end
end

-- ---- The function -------------------------------------------------------------------------------

-- The Lua function for several plans. `build` makes a plan's Lua function when it is first needed.
function overloads.choose(name, list, build)
    local groups, variadic = by_count(list)
    local built = {}
    local function made(plan)
        built[plan] = built[plan] or build(plan)
        return built[plan]
    end
    local skipped = list[1].method and 1 or 0
    local narrow = is_narrow(list)
    local ways = {} -- by the number of arguments: gives the function for arguments, nil when it is not known yet
    local remember = {} -- makes it known

    local function candidates_for(count)
        local candidates = groups[count] or {}
        if #candidates == 0 then
            for _, plan in ipairs(variadic) do
                if count > plan.count then
                    candidates[#candidates + 1] = plan
                end
            end
        end
        return candidates
    end

    local function decide(count, ...)
        local candidates = candidates_for(count)
        if #candidates == 0 then
            local given = count - skipped
            return nil, ("no '%s' takes %d argument%s; there are:%s"):format(name, given, given == 1 and "" or "s", list_of(list))
        elseif #candidates == 1 then
            local only = made(candidates[1])
            ways[count] = function()
                return only
            end
            return only
        end
        local plan, why = best(name, candidates, ...)
        if not plan then
            return nil, why
        end
        if not ways[count] and narrow ~= nil and count > skipped then
            ways[count], remember[count] = memory_for(count, skipped, narrow)
        end
        if remember[count] then
            remember[count](made(plan), ...)
        end
        return made(plan)
    end
    jit.off(decide)

    return function(...)
        local way = ways[select("#", ...)]
        local found = way and way(...)
        if found then
            return found(...)
        end
        local why
        found, why = decide(select("#", ...), ...)
        if not found then
            error(why, 2)
        end
        return found(...)
    end
end

return overloads
