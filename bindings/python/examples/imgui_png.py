"""Dear ImGui through generated thunks, drawn without a window into imgui.png: python3 imgui_png.py

The interface is Dear ImGui's own C++. Triangles become pixels in software_rasterizer.cpp of the C++ example,
which is loaded from its source together with a few lines that hand its images to Python.
"""

from pathlib import Path

import nlib

RASTERIZER = Path(__file__).resolve().parents[3] / "examples/imgui-png/software_rasterizer.cpp"
IMAGES = """
#include "software_rasterizer.h"
extern "C" {
Image *image_new(int width, int height) { return new Image(width, height); }
unsigned char *image_pixels(Image *image) { return image->rgba.data(); }
void image_draw(Image *image, const ImDrawData *data) { draw(*data, *image); }
void image_free(Image *image) { delete image; }
}
"""

imgui = nlib.load("imgui")
ImGui, ImVec2 = imgui.ImGui, imgui.ImVec2
images = nlib.load(
    [RASTERIZER, nlib.Source(code=IMAGES, language="c++", name="images.cpp")],
    name="images",
    with_=["imgui"],
    include_dirs=[RASTERIZER.parent],
    flags=["-std=c++17"],
)
png = nlib.load("stb_image_write")

ImGui.CreateContext()
io = ImGui.GetIO()
io.IniFilename = None  # nothing is remembered from run to run
io.DisplaySize = ImVec2(480, 240)
io.DeltaTime = 1 / 60
io.BackendFlags |= imgui.ImGuiBackendFlags_RendererHasVtxOffset

# The glyphs as a texture.
pixels, width, height = nlib.outs(3)
io.Fonts.GetTexDataAsRGBA32(pixels, width, height)
atlas = images.image_new(width.value, height.value)
size = 4 * width.value * height.value
nlib.view(images.image_pixels(atlas), size)[:] = nlib.view(pixels.value, size)
io.Fonts.SetTexID(atlas)

for frame in range(3):
    ImGui.NewFrame()
    ImGui.SetNextWindowPos(ImVec2(20, 20))
    ImGui.SetNextWindowSize(ImVec2(440, 200))
    ImGui.Begin("Drawn from Python")
    ImGui.Text("%s has drawn frame %d, %.1f ms each", "Dear ImGui", frame, io.DeltaTime * 1000)
    ImGui.TextColored((1, 0.8, 0.2, 1), "Grüße aus Python")
    ImGui.Button("A button")
    ImGui.SameLine()
    ImGui.Button("A wide one", ImVec2(200, 0))
    ImGui.End()
    ImGui.Render()

data = ImGui.GetDrawData()
columns, rows = int(data.DisplaySize.x), int(data.DisplaySize.y)
picture = images.image_new(columns, rows)
drawn = images.image_pixels(picture)
nlib.view(drawn, 4 * columns * rows)[:] = bytes([38, 50, 56, 255]) * (columns * rows)
images.image_draw(picture, data)
if not png.stbi_write_png("imgui.png", columns, rows, 4, drawn, 4 * columns):
    raise SystemExit("imgui.png cannot be written")
print(
    f"Dear ImGui {ImGui.GetVersion()}: {data.TotalIdxCount // 3} triangles in {data.CmdListsCount} draw list"
)
images.image_free(picture)
images.image_free(atlas)
ImGui.DestroyContext()
