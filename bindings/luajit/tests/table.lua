-- Shows one cell of tests/hosts/README.md, or one of this binding's own:
--
--     luajit table.lua CELL        the last line is "ok CELL"; anything else is failure
--     luajit table.lua --cells     lists this binding's own cells
--
-- The fixtures' folder is NLIB_FIXTURES, or that of the checkout.

local here = arg[0]:match("^(.*[/\\])") or "./"
package.path = here .. "?.lua;" .. here .. "../?.lua;" .. package.path

local subjects = { "loading", "calls", "callbacks", "classes", "failures", "lifetime", "examples", "types" }

-- Cells by name: those of the table and those of this binding's own.
local cells, own = {}, {}
for _, subject in ipairs(subjects) do
    local made = require("cells." .. subject)
    for name, cell in pairs(made.cells) do
        cells[name] = cell
    end
    for name, cell in pairs(made.own or {}) do
        cells[name] = cell
        own[#own + 1] = name
    end
end

local wanted = arg[1]
if wanted == "--cells" then
    table.sort(own)
    print(table.concat(own, "\n"))
    os.exit(0)
end
local cell = cells[wanted or ""]
if not cell then
    io.stderr:write(("there is no cell '%s'\n"):format(tostring(wanted)))
    os.exit(2)
end
cell {
    here = here,
    fixtures = (os.getenv("NLIB_FIXTURES") or here .. "../../../tests/hosts/fixtures") .. "/",
    package = here .. "../",
}
print("ok " .. wanted)
