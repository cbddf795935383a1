-- The examples and the quick start, as they stand.

local check = require "check"

local cells = {}

-- What a Lua program prints, run as its own process in the working directory.
local function run(path, package)
    local command = ('LUA_PATH="%s?.lua;;" luajit "%s" 2>&1; echo "status $?"'):format(package, path)
    local output = io.popen(command):read "*a"
    if not output:find "status 0\n$" then
        error(path .. " fails:\n" .. output, 0)
    end
    return (output:gsub("status 0\n$", ""))
end

function cells.flecs(with)
    local output = run(with.here .. "../examples/flecs.lua", with.package)
    for _, line in ipairs { "comet at (20.0, 5.0)", "moon  at (5.0, 15.0)", "star  at (1.0, 1.0)" } do
        check.contains(output, line)
    end
end

function cells.sqlite(with)
    local output = run(with.here .. "../examples/sqlite.lua", with.package)
    check.equal(output, "planet   moons  largest\nJupiter      4  Ganymede  1636.7 miles\nMars         2  Phobos       6.8 miles\n"
        .. "Earth        1  Moon      1079.3 miles\n7 moons\n")
end

local function word(text, at)
    local a, b, c, d = text:byte(at, at + 3)
    return ((a * 256 + b) * 256 + c) * 256 + d
end

function cells.imgui(with)
    local output = run(with.here .. "../examples/imgui.lua", with.package)
    check.contains(output, "wrote imgui.png: 480 x 240 pixels")
    check.truth(tonumber(output:match "(%d+) triangles") > 100, "more than 100 triangles")
    local picture = check.read "imgui.png"
    check.equal(picture:sub(1, 8), "\137PNG\r\n\26\n", "the signature of PNG")
    check.equal(word(picture, 17), 480, "the width")
    check.equal(word(picture, 21), 240, "the height")
    -- Text, a frame and buttons leave a good deal after compression; one colour alone would leave little.
    check.truth(#picture > 2000, "a picture with content")
    -- The pixels themselves, read back.
    local nlib = require "nlib"
    local ffi = require "ffi"
    local image = assert(nlib.load "stb_image")
    local width, height, channels = ffi.new "int[1]", ffi.new "int[1]", ffi.new "int[1]"
    local pixels = image.stbi_load("imgui.png", width, height, channels, 4)
    check.truth(pixels ~= nil, "a picture that stb_image reads")
    local colours, count = {}, 0
    for i = 0, width[0] * height[0] - 1 do
        local colour = pixels[4 * i] * 65536 + pixels[4 * i + 1] * 256 + pixels[4 * i + 2]
        if not colours[colour] then
            colours[colour], count = true, count + 1
        end
    end
    image.stbi_image_free(pixels)
    check.truth(count > 20, "more than 20 colours, as smooth edges have")
    check.truth(colours[38 * 65536 + 50 * 256 + 56], "the background")
end

-- README.md: the C file, the Lua program and what it prints, word for word.
function cells.quickstart(with)
    local readme = check.read(with.package .. "README.md")
    local c = check.truth(readme:match "```c\n(.-)```", "a C file in the README")
    local lua = check.truth(readme:match "```lua\n(.-)```", "a program in the README")
    local expected = check.truth(readme:match "```text\n(.-)```", "what it prints in the README")
    local _, lines = lua:gsub("\n", "")
    check.truth(lines <= 10, "ten lines")
    check.write("stats.c", c)
    check.write("main.lua", lua)
    check.equal(run("main.lua", with.package), expected)
end

return { cells = cells }
