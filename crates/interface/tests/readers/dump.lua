-- Loads an expression from standard input and prints it as JSON: text as its bytes, numbers as text.

local function dump(value)
    local kind = type(value)
    if kind == "boolean" or kind == "nil" then
        return tostring(value)
    elseif kind == "number" then
        return string.format('{"number":"%.17g"}', value)
    elseif kind == "string" then
        local bytes = {}
        for i = 1, #value do bytes[i] = value:byte(i) end
        return '{"bytes":[' .. table.concat(bytes, ",") .. "]}"
    end
    assert(kind == "table", kind)
    local parts = {}
    if next(value) == nil or value[1] ~= nil then
        for i, element in ipairs(value) do parts[i] = dump(element) end
        return "[" .. table.concat(parts, ",") .. "]"
    end
    for key, member in pairs(value) do
        assert(type(key) == "string", "a key that is no text")
        parts[#parts + 1] = '"' .. key .. '":' .. dump(member)
    end
    return "{" .. table.concat(parts, ",") .. "}"
end

print(dump(assert(loadstring("return " .. io.read("*a")))()))
