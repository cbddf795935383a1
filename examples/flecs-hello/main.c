// Flecs in one screen: components, entities, a system and a query.
//
//     nlib run --with flecs examples/flecs-hello/main.c
//
// No build step: nlib compiles this file and Flecs itself, or takes both from its cache.

#include <stdio.h>

#include "flecs.h"

typedef struct {
    float x, y;
} Position;

typedef struct {
    float x, y;
} Velocity;

// Runs once per frame for every entity that has both components.
static void Move(ecs_iter_t *it) {
    Position *position = ecs_field(it, Position, 0);
    const Velocity *velocity = ecs_field(it, Velocity, 1);
    for (int i = 0; i < it->count; i++) {
        position[i].x += velocity[i].x * it->delta_time;
        position[i].y += velocity[i].y * it->delta_time;
    }
}

int main(void) {
    ecs_world_t *world = ecs_init();
    ECS_COMPONENT(world, Position);
    ECS_COMPONENT(world, Velocity);
    ECS_SYSTEM(world, Move, EcsOnUpdate, Position, [in] Velocity);

    ecs_entity_t comet = ecs_entity(world, {.name = "comet"});
    ecs_set(world, comet, Position, {0, 10});
    ecs_set(world, comet, Velocity, {4, -1});

    ecs_entity_t moon = ecs_entity(world, {.name = "moon"});
    ecs_set(world, moon, Position, {5, 5});
    ecs_set(world, moon, Velocity, {0, 2});

    ecs_entity_t star = ecs_entity(world, {.name = "star"});
    ecs_set(world, star, Position, {1, 1});

    for (int frame = 0; frame < 10; frame++) {
        ecs_progress(world, 0.5f);
    }

    // Everything with a position, moving or not.
    ecs_query_t *query = ecs_query(world, {.terms = {{.id = ecs_id(Position)}}});
    ecs_iter_t it = ecs_query_iter(world, query);
    while (ecs_query_next(&it)) {
        const Position *position = ecs_field(&it, Position, 0);
        for (int i = 0; i < it.count; i++) {
            printf("%-5s at (%.1f, %.1f)\n", ecs_get_name(world, it.entities[i]), position[i].x,
                   position[i].y);
        }
    }
    ecs_query_fini(query);
    return ecs_fini(world);
}
