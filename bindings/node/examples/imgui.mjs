// A Dear ImGui window as a PNG file: no window system, no GPU, no C API of Dear ImGui's.
//
//     node imgui.mjs software_rasterizer.cpp
//
// writes imgui.png into the working directory. The argument is the program's other example, which draws triangles:
// examples/imgui-png/software_rasterizer.cpp of nlib's sources, where it is found when this file lies there too.

import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { load, ref } from "nlib";

const [, , given] = process.argv;
const here = dirname(fileURLToPath(import.meta.url));
const rasterizerFile = given ?? resolve(here, "../../../examples/imgui-png/software_rasterizer.cpp");

const imgui = await load("imgui");
const png = await load("stb_image_write");
const rasterizer = await load({ source: rasterizerFile, with: "imgui" });
// A way to the bytes in an image's std::vector.
const access = await load({
    code: `#include "software_rasterizer.h"
           unsigned char *pixels_of(Image &image) { return image.rgba.data(); }`,
    language: "c++",
    includeDirs: dirname(rasterizerFile),
});
const { ImGui } = imgui;
const [width, height] = [480, 320];

ImGui.CreateContext();
const io = ImGui.GetIO();
io.IniFilename = null; // nothing is remembered from run to run
io.DisplaySize = { x: width, y: height };
io.DeltaTime = 1 / 60;

// The glyphs, as a texture.
const [pixels, atlasWidth, atlasHeight] = [ref(), ref(), ref()];
io.Fonts.GetTexDataAsRGBA32(pixels, atlasWidth, atlasHeight);
const bytes = 4 * atlasWidth.value * atlasHeight.value;
const atlas = new rasterizer.Image(atlasWidth.value, atlasHeight.value);
access.pixels_of(atlas).bytes(bytes).set(pixels.value.bytes(bytes));
io.Fonts.SetTexID(atlas);

// Windows find their sizes in the course of some frames.
for (let frame = 0; frame < 4; frame++) {
    ImGui.NewFrame();
    ImGui.SetNextWindowPos({ x: 40, y: 40 });
    ImGui.Begin("Dear ImGui from JavaScript");
    ImGui.Text("Node %s, frame %d, %.1f ms", process.version, frame, io.DeltaTime * 1000);
    ImGui.Button("A button");
    ImGui.SameLine();
    ImGui.Button("A wide one", { x: 160, y: 0 });
    ImGui.End();
    ImGui.Render();
}

const picture = new rasterizer.Image(width, height);
const canvas = access.pixels_of(picture).bytes(4 * width * height);
for (let i = 0; i < canvas.length; i += 4) canvas.set([38, 50, 56, 255], i);
const data = ImGui.GetDrawData();
rasterizer.draw(data, picture);
if (!png.stbi_write_png("imgui.png", width, height, 4, canvas, 4 * width))
    throw new Error("imgui.png cannot be written");
console.log(`Dear ImGui ${ImGui.GetVersion()}: ${data.TotalIdxCount / 3} triangles, imgui.png ${width} x ${height}`);

picture.delete();
ImGui.DestroyContext();
atlas.delete();
for (const library of [access, rasterizer, png, imgui]) library.unload();
