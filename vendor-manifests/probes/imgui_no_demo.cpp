// Without imgui_demo.cpp: the demo window is an empty function.
#include "imgui.h"
#include <cstdio>
int main() {
    ImGui::CreateContext();
    ImGuiIO &io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = ImVec2(640, 480);
    unsigned char *pixels;
    int width, height;
    io.Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
    ImGui::NewFrame();
    ImGui::Text("text");
    ImGui::Render();
    const char *drawn = ImGui::GetDrawData()->TotalVtxCount > 0 ? "drawn" : "blank";
#ifdef IMGUI_DISABLE_DEMO_WINDOWS
    const char *demo = "absent";
#else
    const char *demo = "there";
#endif
    std::printf("%s %s, demo %s\n", ImGui::GetVersion(), drawn, demo);
    ImGui::DestroyContext();
}
