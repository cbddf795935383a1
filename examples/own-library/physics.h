// Particles under gravity, moved by Verlet steps.

#ifndef PHYSICS_H
#define PHYSICS_H

#include <stddef.h>

// Acceleration towards negative y, in m/s². May be changed between steps.
extern double physics_gravity;

// Where a particle is and where it was one step ago, in metres; their difference is its velocity.
struct particle {
    double x, y;
    double previous_x, previous_y;
};

// A particle at (x, y) whose velocity is (velocity_x, velocity_y) m/s, for steps of `step` seconds.
struct particle physics_launch(double x, double y, double velocity_x, double velocity_y,
                               double step);

// Moves all particles on by `step` seconds. Always the same `step` for the same particles.
void physics_step(struct particle *particles, size_t count, double step);

#endif
