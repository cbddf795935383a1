// Dear ImGui from C++ without linking it: a window with text and a button, drawn by the processor into imgui.png.
//
// Types come from Dear ImGui's header. Its functions are called by thunks, which apply default arguments;
// variadic ones by their names. software_rasterizer.cpp is compiled against Dear ImGui by nlib; RASTERIZER is
// its path.
#include <nlib.hpp>

#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "imgui.h"
#include "software_rasterizer.h"

namespace {

// What a thunk says went wrong.
void must(char *message) {
    if (message)
        throw std::runtime_error(message);
}

} // namespace

int main() {
    nlib::context context;
    nlib::library imgui = context.load("imgui");
    nlib::library rasterizer = context.load(
        nlib::request(RASTERIZER).with("imgui").flag("-std=c++17").flag("-O2"));
    nlib::library png = context.load("stb_image_write");
    const nlib::interface ui = imgui.headers();
    char *wrong = nullptr;

    ImGuiContext *made = ui.thunk<ImGuiContext *(char **)>("ImGui::CreateContext", 0)(&wrong);
    must(wrong);
    ImGuiIO &io = *ui.thunk<ImGuiIO *(char **)>("ImGui::GetIO", 0)(&wrong);
    io.IniFilename = nullptr;
    io.DisplaySize.x = 480, io.DisplaySize.y = 240;
    io.DeltaTime = 1.0F / 60;

    unsigned char *pixels = nullptr;
    int width = 0, height = 0;
    ui.thunk<void(ImFontAtlas *, unsigned char **, int *, int *, char **)>(
        "ImFontAtlas::GetTexDataAsRGBA32", 3)(io.Fonts, &pixels, &width, &height, &wrong);
    must(wrong);
    const auto image = rasterizer.fn<void(Image *, int, int)>("Image::Image(int, int)");
    alignas(Image) unsigned char memory[2][sizeof(Image)];
    auto *atlas = reinterpret_cast<Image *>(memory[0]), *picture = reinterpret_cast<Image *>(memory[1]);
    image(atlas, width, height);
    std::memcpy(atlas->rgba.data(), pixels, atlas->rgba.size());
    io.Fonts->TexID = atlas;

    const auto new_frame = ui.thunk<void(char **)>("ImGui::NewFrame", 0);
    const auto begin = ui.thunk<bool(const char *, char **)>("ImGui::Begin", 1);
    const auto button = ui.thunk<bool(const char *, char **)>("ImGui::Button", 1);
    const auto big_button = ui.thunk<bool(const char *, const ImVec2 *, char **)>("ImGui::Button", 2);
    const auto text = imgui.fn<void(const char *, ...)>("ImGui::Text");
    const auto end = ui.thunk<void(char **)>("ImGui::End", 0);
    const auto render = ui.thunk<void(char **)>("ImGui::Render", 0);
    for (int frame = 1; frame <= 3; frame++) {
        new_frame(&wrong);
        must(wrong);
        begin("Dear ImGui from C++", &wrong);
        text("Frame %d, and %s", frame, "no library was linked");
        button("Press me", &wrong);
        const ImVec2 size(160, 40);
        big_button("or me", &size, &wrong);
        end(&wrong);
        render(&wrong);
        must(wrong);
    }

    const ImDrawData *data = ui.thunk<ImDrawData *(char **)>("ImGui::GetDrawData", 0)(&wrong);
    must(wrong);
    image(picture, 480, 240);
    rasterizer.fn<void(const ImDrawData &, Image &)>("draw")(*data, *picture);
    const int written = png.fn<int(const char *, int, int, int, const void *, int)>("stbi_write_png")(
        "imgui.png", 480, 240, 4, picture->rgba.data(), 4 * 480);
    std::printf("%d triangles\n", data->TotalIdxCount / 3);
    picture->~Image();
    atlas->~Image();
    io.Fonts->TexID = nullptr;
    ui.thunk<void(ImGuiContext *, char **)>("ImGui::DestroyContext", 1)(made, &wrong);
    must(wrong);
    return written && data->TotalIdxCount > 300 ? 0 : 1;
}
