// A window of GLFW's null platform, which needs no display; the mouse presses a button.
#include "imgui.h"
#include "imgui_impl_glfw.h"
#include <GLFW/glfw3.h>
#include <cstdio>
int main() {
    glfwInitHint(GLFW_PLATFORM, GLFW_PLATFORM_NULL);
    glfwInit();
    glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
    GLFWwindow *window = glfwCreateWindow(640, 480, "nlib", nullptr, nullptr);
    ImGui::CreateContext();
    ImGuiIO &io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
    ImGui_ImplGlfw_InitForOther(window, false);
    bool pressed = false;
    for (int frame = 0; frame < 6; frame++) {
        ImGui_ImplGlfw_WindowFocusCallback(window, 1);
        ImGui_ImplGlfw_CursorEnterCallback(window, 1);
        ImGui_ImplGlfw_CursorPosCallback(window, 100, 50);
        if (frame == 2) ImGui_ImplGlfw_MouseButtonCallback(window, GLFW_MOUSE_BUTTON_LEFT, GLFW_PRESS, 0);
        if (frame == 4) ImGui_ImplGlfw_MouseButtonCallback(window, GLFW_MOUSE_BUTTON_LEFT, GLFW_RELEASE, 0);
        ImGui_ImplGlfw_NewFrame();
        ImGui::NewFrame();
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize({300, 200});
        ImGui::Begin("window", nullptr, ImGuiWindowFlags_NoTitleBar);
        pressed |= ImGui::Button("button", {280, 180});
        ImGui::End();
        ImGui::Render();
    }
    std::printf("%.0fx%.0f mouse %.0f,%.0f over the button: %s\n", io.DisplaySize.x, io.DisplaySize.y,
                io.MousePos.x, io.MousePos.y, pressed ? "pressed" : "not pressed");
    ImGui_ImplGlfw_Shutdown();
    ImGui::DestroyContext();
    glfwDestroyWindow(window);
    glfwTerminate();
}
