// From top to bottom: an image, a texture read, a pixel blended, a triangle, a draw list.

#include "software_rasterizer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "imgui.h"

namespace {

struct Colour {
    float red, green, blue, alpha; // 0 to 1
};

Colour operator+(Colour a, Colour b) {
    return {a.red + b.red, a.green + b.green, a.blue + b.blue, a.alpha + b.alpha};
}

Colour operator*(Colour a, Colour b) {
    return {a.red * b.red, a.green * b.green, a.blue * b.blue, a.alpha * b.alpha};
}

Colour operator*(Colour a, float factor) {
    return {a.red * factor, a.green * factor, a.blue * factor, a.alpha * factor};
}

Colour unpack(ImU32 packed) {
    ImVec4 colour = ImGui::ColorConvertU32ToFloat4(packed);
    return {colour.x, colour.y, colour.z, colour.w};
}

// Pixels are [left, right) by [top, bottom).
struct Rectangle {
    int left, top, right, bottom;
};

std::size_t offset(const Image &image, int x, int y) {
    return 4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                static_cast<std::size_t>(x));
}

// The texel at (x, y), or the nearest one on the border.
Colour texel(const Image &texture, int x, int y) {
    x = std::clamp(x, 0, texture.width - 1);
    y = std::clamp(y, 0, texture.height - 1);
    const std::uint8_t *bytes = &texture.rgba[offset(texture, x, y)];
    return Colour{static_cast<float>(bytes[0]), static_cast<float>(bytes[1]),
                  static_cast<float>(bytes[2]), static_cast<float>(bytes[3])} *
           (1.0F / 255);
}

// The texture's colour at (u, v), which run from 0 to 1, between the four texels around it.
Colour sample(const Image &texture, float u, float v) {
    float x = u * static_cast<float>(texture.width) - 0.5F;
    float y = v * static_cast<float>(texture.height) - 0.5F;
    int column = static_cast<int>(std::floor(x));
    int row = static_cast<int>(std::floor(y));
    float right = x - static_cast<float>(column);
    float below = y - static_cast<float>(row);
    Colour upper = texel(texture, column, row) * (1 - right) +
                   texel(texture, column + 1, row) * right;
    Colour lower = texel(texture, column, row + 1) * (1 - right) +
                   texel(texture, column + 1, row + 1) * right;
    return upper * (1 - below) + lower * below;
}

std::uint8_t byte(float value) {
    return static_cast<std::uint8_t>(std::clamp(value, 0.0F, 1.0F) * 255 + 0.5F);
}

// Lays `source` over the pixel: the blend that Dear ImGui expects of every backend.
void blend(Image &target, int x, int y, Colour source) {
    Colour below = texel(target, x, y);
    float kept = 1 - source.alpha;
    std::uint8_t *bytes = &target.rgba[offset(target, x, y)];
    bytes[0] = byte(source.red * source.alpha + below.red * kept);
    bytes[1] = byte(source.green * source.alpha + below.green * kept);
    bytes[2] = byte(source.blue * source.alpha + below.blue * kept);
    bytes[3] = byte(source.alpha + below.alpha * kept);
}

// A place on the screen in 1/256 of a pixel: whole numbers, so that of two triangles with a common
// edge exactly one owns a pixel on it.
struct Point {
    std::int64_t x, y;
};

constexpr int SUBPIXELS = 256;

struct Vertex {
    Point at;
    float u, v;
    Colour colour;
};

// Twice the area of the triangle (from, to, point): positive when the point lies on the right of
// somebody who walks from `from` to `to`, y pointing down.
std::int64_t area(Point from, Point to, Point point) {
    return (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x);
}

// The rule by which a pixel exactly on an edge belongs to one side: top and left edges own theirs.
bool owns_its_pixels(Point from, Point to) {
    return to.y < from.y || (to.y == from.y && to.x > from.x);
}

void draw_triangle(Vertex a, Vertex b, Vertex c, const Image &texture, Rectangle clip,
                   Image &target) {
    std::int64_t whole = area(a.at, b.at, c.at);
    if (whole == 0) {
        return;
    }
    if (whole < 0) { // make it clockwise
        std::swap(b, c);
        whole = -whole;
    }
    auto pixel = [](std::int64_t subpixels) { return static_cast<int>(subpixels / SUBPIXELS); };
    int left = std::max(clip.left, pixel(std::min({a.at.x, b.at.x, c.at.x})));
    int right = std::min(clip.right, pixel(std::max({a.at.x, b.at.x, c.at.x})) + 1);
    int top = std::max(clip.top, pixel(std::min({a.at.y, b.at.y, c.at.y})));
    int bottom = std::min(clip.bottom, pixel(std::max({a.at.y, b.at.y, c.at.y})) + 1);

    // A pixel on an edge counts as inside (area >= 0) if the edge owns it, else as outside (> 0).
    std::int64_t least_a = owns_its_pixels(b.at, c.at) ? 0 : 1;
    std::int64_t least_b = owns_its_pixels(c.at, a.at) ? 0 : 1;
    std::int64_t least_c = owns_its_pixels(a.at, b.at) ? 0 : 1;
    for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
            Point centre{x * SUBPIXELS + SUBPIXELS / 2, y * SUBPIXELS + SUBPIXELS / 2};
            std::int64_t area_a = area(b.at, c.at, centre);
            std::int64_t area_b = area(c.at, a.at, centre);
            std::int64_t area_c = area(a.at, b.at, centre);
            if (area_a < least_a || area_b < least_b || area_c < least_c) {
                continue;
            }
            // Each corner counts by the area opposite to it.
            float weight_a = static_cast<float>(area_a) / static_cast<float>(whole);
            float weight_b = static_cast<float>(area_b) / static_cast<float>(whole);
            float weight_c = static_cast<float>(area_c) / static_cast<float>(whole);
            float u = a.u * weight_a + b.u * weight_b + c.u * weight_c;
            float v = a.v * weight_a + b.v * weight_b + c.v * weight_c;
            Colour colour = a.colour * weight_a + b.colour * weight_b + c.colour * weight_c;
            blend(target, x, y, colour * sample(texture, u, v));
        }
    }
}

Vertex vertex(const ImDrawVert &from, ImVec2 origin) {
    auto fixed = [](float pixels) {
        return static_cast<std::int64_t>(std::lround(pixels * SUBPIXELS));
    };
    Point at{fixed(from.pos.x - origin.x), fixed(from.pos.y - origin.y)};
    return {at, from.uv.x, from.uv.y, unpack(from.col)};
}

Rectangle clip_rectangle(const ImDrawCmd &command, ImVec2 origin, const Image &target) {
    return {
        std::max(0, static_cast<int>(command.ClipRect.x - origin.x)),
        std::max(0, static_cast<int>(command.ClipRect.y - origin.y)),
        std::min(target.width, static_cast<int>(command.ClipRect.z - origin.x)),
        std::min(target.height, static_cast<int>(command.ClipRect.w - origin.y)),
    };
}

void draw_list(const ImDrawList &list, ImVec2 origin, Image &target) {
    for (const ImDrawCmd &command : list.CmdBuffer) {
        if (command.UserCallback == ImDrawCallback_ResetRenderState) {
            continue; // there is no state here
        }
        if (command.UserCallback != nullptr) {
            command.UserCallback(&list, &command);
            continue;
        }
        const Image &texture = *static_cast<const Image *>(command.GetTexID());
        Rectangle clip = clip_rectangle(command, origin, target);
        const ImDrawIdx *indices = list.IdxBuffer.Data + command.IdxOffset;
        const ImDrawVert *vertices = list.VtxBuffer.Data + command.VtxOffset;
        for (unsigned int i = 0; i < command.ElemCount; i += 3) {
            draw_triangle(vertex(vertices[indices[i]], origin),
                          vertex(vertices[indices[i + 1]], origin),
                          vertex(vertices[indices[i + 2]], origin), texture, clip, target);
        }
    }
}

} // namespace

Image::Image(int width, int height)
    : width(width), height(height),
      rgba(4 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}

void draw(const ImDrawData &data, Image &target) {
    for (int i = 0; i < data.CmdListsCount; i++) {
        draw_list(*data.CmdLists[i], data.DisplayPos, target);
    }
}
