// The Dear ImGui demo window as a PNG file: no window system, no GPU, a mouse that is made up.
//
//     nlib run --with imgui --with stb_image_write -std=c++17 -O2 examples/imgui-png/main.cpp
//         examples/imgui-png/software_rasterizer.cpp -- imgui.png
//
// (one line). The argument is the file to write; `imgui.png` in the working directory without one.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "imgui.h"
#include "software_rasterizer.h"
#include "stb_image_write.h"

// The glyphs and the white pixel that plain shapes are drawn with, as a texture.
static Image font_atlas(ImFontAtlas &fonts) {
    unsigned char *pixels;
    int width, height;
    fonts.GetTexDataAsRGBA32(&pixels, &width, &height);
    Image atlas(width, height);
    std::memcpy(atlas.rgba.data(), pixels, atlas.rgba.size());
    return atlas;
}

// What the mouse does before frame number `frame`: it opens "Widgets" and, below it, "Basic" in
// the demo window, then rests on a button.
static void move_mouse(ImGuiIO &io, int frame) {
    struct Press {
        int frame;
        float x, y;
    };
    const Press presses[] = {{4, 80, 166}, {8, 80, 186}};
    for (const Press &press : presses) {
        if (frame == press.frame) {
            io.AddMousePosEvent(press.x, press.y);
            io.AddMouseButtonEvent(ImGuiMouseButton_Left, true);
        } else if (frame == press.frame + 2) {
            io.AddMouseButtonEvent(ImGuiMouseButton_Left, false);
        }
    }
    if (frame == 12) {
        io.AddMousePosEvent(675, 576);
    }
}

static void heading(const char *text) {
    ImGui::Spacing();
    ImGui::TextUnformatted(text);
    ImGui::Separator();
}

static void own_window() {
    ImGui::SetNextWindowPos(ImVec2(600, 20));
    ImGui::SetNextWindowSize(ImVec2(340, 0));
    ImGui::Begin("Drawn by the processor");
    ImGui::TextWrapped("Each triangle of this picture went through software_rasterizer.cpp.");

    heading("Colours between the corners of a triangle");
    static float colour[] = {0.20F, 0.55F, 0.85F};
    ImGui::ColorPicker3("##colour", colour);

    heading("Thin lines, smooth edges");
    float wave[120];
    for (int i = 0; i < IM_ARRAYSIZE(wave); i++) {
        wave[i] = std::sin(static_cast<float>(i) * 0.15F) * std::exp(static_cast<float>(-i) / 60);
    }
    ImGui::PlotLines("##wave", wave, IM_ARRAYSIZE(wave), 0, nullptr, -1, 1, ImVec2(0, 70));

    heading("Clipped at the frame");
    ImGui::BeginChild("clipped", ImVec2(200, 64), true);
    for (int line = 1; line <= 9; line++) {
        ImGui::Text("line %d runs on beyond the right edge", line);
    }
    ImGui::EndChild();

    ImGui::Button("The mouse is here");
    ImGui::End();
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "imgui.png";

    ImGui::CreateContext();
    ImGuiIO &io = ImGui::GetIO();
    io.IniFilename = nullptr; // nothing is remembered from run to run
    io.DisplaySize = ImVec2(960, 720);
    io.DeltaTime = 1.0F / 60;
    io.MouseDrawCursor = true;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    Image atlas = font_atlas(*io.Fonts);
    io.Fonts->SetTexID(&atlas);

    // Windows find their sizes and answer the mouse in the course of some frames.
    const int frames = 20;
    for (int frame = 0; frame < frames; frame++) {
        move_mouse(io, frame);
        ImGui::NewFrame();
        ImGui::ShowDemoWindow();
        ImGui::SetWindowPos("Dear ImGui Demo", ImVec2(20, 20));
        ImGui::SetWindowSize("Dear ImGui Demo", ImVec2(560, 680));
        own_window();
        ImGui::Render();
    }

    const ImDrawData &data = *ImGui::GetDrawData();
    Image picture(static_cast<int>(data.DisplaySize.x), static_cast<int>(data.DisplaySize.y));
    for (std::size_t i = 0; i < picture.rgba.size(); i += 4) {
        const unsigned char background[] = {38, 50, 56, 255};
        std::memcpy(&picture.rgba[i], background, sizeof background);
    }
    draw(data, picture);
    int written = stbi_write_png(path, picture.width, picture.height, 4, picture.rgba.data(),
                                 4 * picture.width);
    std::printf("Dear ImGui %s: %d triangles in %d draw lists\n", ImGui::GetVersion(),
                data.TotalIdxCount / 3, data.CmdListsCount);
    ImGui::DestroyContext();
    if (written == 0) {
        std::fprintf(stderr, "%s: cannot be written\n", path);
        return EXIT_FAILURE;
    }
    std::printf("wrote %s: %d x %d pixels\n", path, picture.width, picture.height);
    return EXIT_SUCCESS;
}
