// Two files of one's own, no manifest, no build file: a program and the library beside it.
//
//     nlib run examples/own-library/main.c examples/own-library/physics.c
//
// `nlib symbols examples/own-library/physics.c` lists what the library alone offers, and the Rust
// example crates/nlib/examples/load_source.rs loads it from its source into a Rust program.

#include <math.h>
#include <stdio.h>

#include "physics.h"

int main(void) {
    const double step = 0.05, speed = 20;
    const char *names[] = {"flat", "half", "steep"};
    const double degrees[] = {25, 45, 70};
    enum { COUNT = 3 };

    struct particle stones[COUNT];
    for (int i = 0; i < COUNT; i++) {
        double angle = degrees[i] * acos(-1) / 180;
        stones[i] = physics_launch(0, 0, speed * cos(angle), speed * sin(angle), step);
    }

    printf("seconds  %15s  %15s  %15s\n", names[0], names[1], names[2]);
    for (int frame = 0; frame <= 40; frame++) {
        if (frame % 10 == 0) {
            printf("%7.1f", frame * step);
            for (int i = 0; i < COUNT; i++) {
                printf("  (%5.2f, %6.2f)", stones[i].x, stones[i].y);
            }
            printf("\n");
        }
        physics_step(stones, COUNT, step);
    }
    return 0;
}
