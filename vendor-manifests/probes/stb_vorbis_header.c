/* With the source file as a header: everything comes from the library. */
#define STB_VORBIS_HEADER_ONLY
#include <stb_vorbis.c>
#include "sine_ogg.h"
#include <stdio.h>
int main(void) {
    int channels, rate;
    short *samples;
    int count = stb_vorbis_decode_memory(sine_ogg, sizeof sine_ogg, &channels, &rate, &samples);
    printf("%d %d %d\n", count, channels, rate);
}
