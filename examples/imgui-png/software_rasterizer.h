// Draws what Dear ImGui wants drawn into an image in memory: no window, no GPU.

#ifndef SOFTWARE_RASTERIZER_H
#define SOFTWARE_RASTERIZER_H

#include <cstdint>
#include <vector>

struct ImDrawData;

// Pixels row by row from the top left, four bytes each: red, green, blue, alpha (not premultiplied).
struct Image {
    int width;
    int height;
    std::vector<std::uint8_t> rgba;

    Image(int width, int height);
};

// Draws `data`, which ImGui::GetDrawData() gave, over what `target` holds. Its coordinates are
// those of the image. The texture ids in it are `const Image *`: whoever makes a texture, such as
// the font atlas, says so with SetTexID.
void draw(const ImDrawData &data, Image &target);

#endif
