// The part of flecs_hello.rs that is better said in C. Flecs takes descriptions of components,
// systems and queries as structs with dozens of fields; here they are filled by code that has read
// flecs.h, so that no layout is repeated in Rust, where a mistake in it would go unnoticed.

#include "flecs.h"

// As in flecs_hello.rs; both components are made of it.
typedef struct {
    float x, y;
} Vector;

typedef void (*MoveRows)(Vector *positions, const Vector *velocities, int32_t count, float seconds);
typedef void (*VisitRow)(const char *name, const Vector *position);

ecs_entity_t shim_component(ecs_world_t *world, const char *name) {
    return ecs_component(world, {
        .entity = ecs_entity(world, {.name = name}),
        .type = {.size = sizeof(Vector), .alignment = _Alignof(Vector)},
    });
}

// Flecs hands over an iterator, Rust is handed the columns in it.
static void call_move(ecs_iter_t *it) {
    MoveRows move = (MoveRows)it->ctx;
    move(ecs_field(it, Vector, 0), ecs_field(it, Vector, 1), it->count, it->delta_time);
}

// Calls `move` in every frame with all entities that `expression`, a query of two terms, matches.
void shim_system(ecs_world_t *world, const char *expression, MoveRows move) {
    ecs_system(world, {
        .entity = ecs_entity(world, {.add = ecs_ids(ecs_dependson(EcsOnUpdate))}),
        .query.expr = expression,
        .callback = call_move,
        .ctx = (void *)move,
    });
}

// Calls `visit` now with every entity that `expression`, a query of one term, matches.
void shim_each(ecs_world_t *world, const char *expression, VisitRow visit) {
    ecs_query_t *query = ecs_query(world, {.expr = expression});
    ecs_iter_t it = ecs_query_iter(world, query);
    while (ecs_query_next(&it)) {
        const Vector *positions = ecs_field(&it, Vector, 0);
        for (int32_t i = 0; i < it.count; i++) {
            visit(ecs_get_name(world, it.entities[i]), &positions[i]);
        }
    }
    ecs_query_fini(query);
}
