// Draws a picture, writes it as a PNG with stb_image_write, reads it back with stb_image, and
// compares every pixel: two single-header libraries, each with an implementation unit of its own.
//
//     nlib run --with stb_image --with stb_image_write examples/stb-roundtrip/main.c -- picture.png
//
// The argument is the file to write; `picture.png` in the working directory without one.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stb_image.h"
#include "stb_image_write.h"

enum { WIDTH = 320, HEIGHT = 200, CHANNELS = 3 };

// A sky that darkens upwards over an orange horizon, and a sun.
static void draw(unsigned char pixels[HEIGHT][WIDTH][CHANNELS]) {
    const int sun_x = 220, sun_y = 90, sun_radius = 42;
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            unsigned char *pixel = pixels[y][x];
            pixel[0] = (unsigned char)(30 + 210 * y / HEIGHT);
            pixel[1] = (unsigned char)(40 + 80 * y / HEIGHT + 30 * x / WIDTH);
            pixel[2] = (unsigned char)(120 - 70 * y / HEIGHT);

            int dx = x - sun_x, dy = y - sun_y;
            if (dx * dx + dy * dy < sun_radius * sun_radius) {
                pixel[0] = 255;
                pixel[1] = (unsigned char)(210 - dy);
                pixel[2] = 120;
            }
        }
    }
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "picture.png";

    static unsigned char drawn[HEIGHT][WIDTH][CHANNELS];
    draw(drawn);
    if (!stbi_write_png(path, WIDTH, HEIGHT, CHANNELS, drawn, WIDTH * CHANNELS)) {
        fprintf(stderr, "%s: cannot be written\n", path);
        return EXIT_FAILURE;
    }

    int width, height, channels;
    unsigned char *read = stbi_load(path, &width, &height, &channels, 0);
    if (read == NULL) {
        fprintf(stderr, "%s: %s\n", path, stbi_failure_reason());
        return EXIT_FAILURE;
    }
    int same = width == WIDTH && height == HEIGHT && channels == CHANNELS &&
               memcmp(read, drawn, sizeof drawn) == 0;
    stbi_image_free(read);

    printf("wrote %s: %d x %d pixels, %d channels\n", path, WIDTH, HEIGHT, CHANNELS);
    printf("read  %s: %d x %d pixels, %d channels\n", path, width, height, channels);
    printf("%s\n", same ? "every pixel is the same" : "THE PIXELS DIFFER");
    return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
