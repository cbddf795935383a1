-- Checks for the cells: each raises an error that says what was expected and what came.

local check = {}

local function shown(value)
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

function check.equal(found, expected, what)
    if found ~= expected then
        error(("%s: %s is expected, and it is %s"):format(what or "value", shown(expected), shown(found)), 2)
    end
end

function check.truth(value, what)
    if not value then
        error((what or "it") .. " does not hold", 2)
    end
    return value
end

function check.near(found, expected, what)
    if math.abs(found - expected) > 1e-6 then
        error(("%s: %s is expected, and it is %s"):format(what or "value", shown(expected), shown(found)), 2)
    end
end

-- That `text` contains the plain text `part`.
function check.contains(text, part, what)
    if not tostring(text):find(part, 1, true) then
        error(("%s: %q is expected in:\n%s"):format(what or "text", part, tostring(text)), 2)
    end
end

-- That f raises an error whose text contains each of the parts. Gives the error.
function check.raises(f, ...)
    local ran, err = pcall(f)
    if ran then
        error("an error is expected, and there is none", 2)
    end
    for _, part in ipairs { ... } do
        if not tostring(err):find(part, 1, true) then
            error(("%q is expected in the error:\n%s"):format(part, tostring(err)), 2)
        end
    end
    return err
end

-- That what follows is nil and an error of that kind. Gives the error.
function check.fails(kind, result, err)
    if result ~= nil then
        error("nil and an error are expected, and it is " .. shown(result), 2)
    end
    if type(err) ~= "table" or err.kind ~= kind then
        error(("an error of kind '%s' is expected, and it is: %s (%s)"):format(kind, shown(err), type(err) == "table" and err.kind or type(err)), 2)
    end
    return err
end

function check.write(path, text)
    local file = assert(io.open(path, "wb"))
    assert(file:write(text))
    assert(file:close())
end

function check.read(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read "*a"
    file:close()
    return text
end

return check
