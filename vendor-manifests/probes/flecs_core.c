/* The core alone: entities, components and queries, no add-on. */
#include "flecs.h"
#include <stdio.h>
typedef struct { float x, y; } Position;
int main(void) {
    ecs_world_t *world = ecs_init();
    ECS_COMPONENT(world, Position);
    ecs_entity_t e = ecs_entity_init(world, &(ecs_entity_desc_t){.name = "e"});
    ecs_set(world, e, Position, {4, 6});
    const Position *p = ecs_get(world, e, Position);
#ifdef FLECS_SYSTEM
    const char *systems = "there";
#else
    const char *systems = "absent";
#endif
    printf("%s %.0f %.0f, systems %s\n", ecs_get_name(world, e), p->x, p->y, systems);
    return ecs_fini(world);
}
