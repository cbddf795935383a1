-- What lib:help prints: declarations as C, with their comments.

local declaration = require "nlib.declaration"

jit.off(true, true)

local help = {}

local function value_text(value)
    if type(value) == "table" then
        local list = {}
        for index, each in ipairs(value) do
            list[index] = value_text(each)
        end
        return "{" .. table.concat(list, ", ") .. "}"
    end
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

local function comment(text, indent)
    return text and text ~= "" and ("\n" .. text):gsub("\n", "\n" .. indent) or ""
end

local shown = {}

shown["function"] = function(_, item)
    return declaration.signature(item) .. (item.deprecated and "\n    deprecated: " .. item.deprecated or "")
end

function shown.variable(_, item)
    return declaration.text(item.type, item.name)
end

function shown.constant(_, item)
    return ("%s = %s"):format(declaration.text(item.type, item.name), value_text(item.value))
end

function shown.enumerator(_, item)
    return ("%s = %s (enum %s)"):format(item.name, tostring(item.value), item.enum or "?")
end

function shown.typedef(_, item)
    return "typedef " .. declaration.text(item.type, item.name)
end

function shown.record(types, item)
    local lines = { ("%s %s"):format(item.kind, item.name) }
    if item.opaque then
        return lines[1] .. " (opaque)"
    end
    lines[1] = ("%s: %s bytes, aligned to %s"):format(lines[1], tostring(item.size), tostring(item.alignment))
    for _, field in ipairs(item.fields) do
        if not field.private then
            local name = field.name or ""
            lines[#lines + 1] = ("    %4s  %s%s%s"):format(tostring(field.offset),
                name ~= "" and declaration.text(field.type, name) or declaration.text(types:resolve(field.type)),
                field.bits and (" : " .. field.bits.width) or "",
                field.documentation and ("  // " .. field.documentation:gsub("\n", " ")) or "")
        end
    end
    return table.concat(lines, "\n")
end

function shown.enum(_, item)
    local lines = { "enum " .. item.name }
    for _, value in ipairs(item.values) do
        lines[#lines + 1] = ("    %s = %s"):format(value.name, tostring(value.value))
    end
    return table.concat(lines, "\n")
end

-- The signatures of a class's members.
local function members(interface, name)
    local list = {}
    if interface:is_scope(name) then
        for member in interface:text("function"):gmatch("[^\n]+") do
            if member:sub(1, #name + 2) == name .. "::" then
                for _, item in ipairs(interface:describe(member)) do
                    if item.item == "function" and item.method and item.method.record == name then
                        list[#list + 1] = "\n    " .. declaration.signature(item)
                    end
                end
            end
        end
    end
    return table.concat(list)
end

-- The text for what has a name.
function help.text(types, items)
    local list = {}
    for _, item in ipairs(items) do
        local show = shown[item.item]
        if show then
            local place = item.location and ("\n    %s:%s"):format(item.location.file, tostring(item.location.line)) or ""
            local more = item.item == "record" and members(types.generation.interface, item.name) or ""
            list[#list + 1] = show(types, item) .. more .. comment(item.documentation, "    ") .. place
        end
    end
    return table.concat(list, "\n\n")
end

return help
