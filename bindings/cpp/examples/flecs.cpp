// Flecs from C++: components, and a system that is a function of this program.
//
//     c++ -std=c++17 flecs.cpp -I "$(nlib fetch flecs --print-dir)" $(pkg-config --cflags --libs nlib)
//
// Flecs' own C functions are looked up once each; its header gives their types.
#include <nlib.hpp>

#include <cstdio>

#include "flecs.h"

namespace {

struct Position {
    float x, y;
};
struct Velocity {
    float x, y;
};

decltype(ecs_field_w_size) *field;

// Runs once per frame for every entity that has both components.
void move(ecs_iter_t *it) {
    auto *position = static_cast<Position *>(field(it, sizeof(Position), 0));
    const auto *velocity = static_cast<const Velocity *>(field(it, sizeof(Velocity), 1));
    for (int i = 0; i < it->count; i++) {
        position[i].x += velocity[i].x * it->delta_time;
        position[i].y += velocity[i].y * it->delta_time;
    }
}

} // namespace

#define FLECS(name) flecs.fn<decltype(::name)>(#name)

int main() {
    nlib::context context;
    nlib::library flecs = context.load("flecs");
    field = FLECS(ecs_field_w_size);
    ecs_world_t *world = FLECS(ecs_init)();

    const auto component = [&](const char *name, ecs_size_t size, ecs_size_t alignment) {
        ecs_entity_desc_t entity{};
        entity.name = entity.symbol = name;
        ecs_component_desc_t described{};
        described.entity = FLECS(ecs_entity_init)(world, &entity);
        described.type.size = size;
        described.type.alignment = alignment;
        return FLECS(ecs_component_init)(world, &described);
    };
    const ecs_entity_t position = component("Position", sizeof(Position), alignof(Position));
    const ecs_entity_t velocity = component("Velocity", sizeof(Velocity), alignof(Velocity));

    ecs_entity_desc_t named{};
    named.name = "Move";
    const auto phase = flecs.var<const ecs_entity_t>("EcsOnUpdate");
    const auto depends_on = flecs.var<const ecs_entity_t>("EcsDependsOn");
    ecs_system_desc_t system{};
    system.entity = FLECS(ecs_entity_init)(world, &named);
    FLECS(ecs_add_id)(world, system.entity, phase);
    FLECS(ecs_add_id)(world, system.entity, FLECS(ecs_make_pair)(depends_on, phase));
    system.query.terms[0].id = position;
    system.query.terms[1].id = velocity;
    system.callback = move;
    FLECS(ecs_system_init)(world, &system);

    const auto entity = [&](const char *name, Position at, const Velocity *speed) {
        ecs_entity_desc_t described{};
        described.name = name;
        const ecs_entity_t made = FLECS(ecs_entity_init)(world, &described);
        FLECS(ecs_set_id)(world, made, position, sizeof at, &at);
        if (speed)
            FLECS(ecs_set_id)(world, made, velocity, sizeof *speed, speed);
        return made;
    };
    const Velocity fast{4, -1}, slow{0, 2};
    const ecs_entity_t all[] = {entity("comet", {0, 10}, &fast), entity("moon", {5, 5}, &slow),
                                entity("star", {1, 1}, nullptr)};
    for (int frame = 0; frame < 10; frame++)
        FLECS(ecs_progress)(world, 0.5F);
    for (const ecs_entity_t one : all) {
        const auto *at = static_cast<const Position *>(FLECS(ecs_get_id)(world, one, position));
        std::printf("%-5s at (%.1f, %.1f)\n", FLECS(ecs_get_name)(world, one), double(at->x), double(at->y));
    }
    FLECS(ecs_fini)(world);
}
