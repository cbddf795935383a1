#include "physics.h"

double physics_gravity = 9.81;

struct particle physics_launch(double x, double y, double velocity_x, double velocity_y,
                               double step) {
    // One step backwards in time along the parabola.
    double fallen = 0.5 * physics_gravity * step * step;
    return (struct particle){x, y, x - velocity_x * step, y - velocity_y * step - fallen};
}

// Störmer-Verlet: next = 2 * now - previous + acceleration * step². With a constant acceleration
// it is exact, whatever the step.
static double next(double now, double previous, double acceleration, double step) {
    return 2 * now - previous + acceleration * step * step;
}

void physics_step(struct particle *particles, size_t count, double step) {
    for (size_t i = 0; i < count; i++) {
        struct particle *particle = &particles[i];
        double x = next(particle->x, particle->previous_x, 0, step);
        double y = next(particle->y, particle->previous_y, -physics_gravity, step);
        *particle = (struct particle){x, y, particle->x, particle->y};
    }
}
