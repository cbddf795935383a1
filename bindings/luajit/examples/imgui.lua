-- Dear ImGui from Lua: a window with text and a button, drawn by the processor into imgui.png.
--
--     luajit imgui.lua
--
-- Dear ImGui is C++: namespaces and classes are fields, default arguments may be left out, what takes a
-- reference takes a table. The triangles are drawn by examples/imgui-png/software_rasterizer.cpp, another C++
-- source, which is compiled against Dear ImGui's headers.

local ffi = require "ffi"
local nlib = require "nlib"

local here = arg[0]:match("^(.*[/\\])") or "./"
local imgui = assert(nlib.load "imgui")
local rasterizer = assert(nlib.load {
    source = here .. "../../../examples/imgui-png/software_rasterizer.cpp",
    with = { "imgui" }, flags = { "-std=c++17", "-O2" },
})
local png = assert(nlib.load "stb_image_write")
local ImGui = imgui.ImGui
local WIDTH, HEIGHT = 480, 240

-- An Image of the rasterizer's that holds such pixels (RGBA), all of one colour when `pixels` is a text.
local function image(width, height, pixels)
    local made = rasterizer.Image(width, height)
    local bytes = ffi.cast("uint8_t **", made.rgba)[0] -- a std::vector begins with the pointer to its elements
    if type(pixels) == "string" then
        for i = 0, width * height - 1 do
            ffi.copy(bytes + 4 * i, pixels, 4)
        end
    else
        ffi.copy(bytes, pixels, 4 * width * height)
    end
    return made, bytes
end

ImGui.CreateContext()
local io = ImGui.GetIO()
io.IniFilename = nil
io.DisplaySize.x, io.DisplaySize.y = WIDTH, HEIGHT
io.DeltaTime = 1 / 60

local pixels, width, height = ffi.new "unsigned char *[1]", ffi.new "int[1]", ffi.new "int[1]"
io.Fonts:GetTexDataAsRGBA32(pixels, width, height)
local atlas = image(width[0], height[0], pixels[0])
io.Fonts:SetTexID(ffi.cast("void *", atlas))

-- Windows find their sizes in the course of some frames.
for frame = 1, 3 do
    ImGui.NewFrame()
    ImGui.SetNextWindowPos({ 20, 20 })
    ImGui.SetNextWindowSize({ WIDTH - 40, HEIGHT - 40 })
    ImGui.Begin("Dear ImGui from LuaJIT")
    ImGui.Text("Frame %d of %s", ffi.new("int", frame), jit.version)
    ImGui.Separator()
    ImGui.Button("Press me", { 160, 40 })
    ImGui.SameLine()
    ImGui.Button("or me")
    ImGui.End()
    ImGui.Render()
end

local data = ImGui.GetDrawData()
local picture, bytes = image(WIDTH, HEIGHT, "\38\50\56\255")
rasterizer.draw(data, picture)
assert(png.stbi_write_png("imgui.png", WIDTH, HEIGHT, 4, bytes, 4 * WIDTH) ~= 0, "imgui.png cannot be written")
print(("Dear ImGui %s: %d triangles"):format(ImGui.GetVersion(), data.TotalIdxCount / 3))
print(("wrote imgui.png: %d x %d pixels"):format(WIDTH, HEIGHT))
nlib.delete(picture)
nlib.delete(atlas)
ImGui.DestroyContext()
