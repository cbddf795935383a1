// Flecs with a system written in JavaScript: things with a velocity move, once per frame.
//
//     node flecs.mjs
//
// Flecs is compiled the first time, which takes a while, and comes from nlib's cache after that.

import { cast, load, sizeOf } from "nlib";

const ecs = await load("flecs");
const world = ecs.ecs_init();

// Components are two floats each; Flecs is told their size.
const pair = { size: 8, alignment: 4 };
const component = (name) =>
    ecs.ecs_component_init(world, { entity: ecs.ecs_entity_init(world, { name }), type: pair });
const Position = component("Position");
const Velocity = component("Velocity");

/** The pairs of floats of the entities that an iterator is at, without a copy. */
function field(it, index) {
    return cast(ecs.ecs_field_w_size(it, pair.size, index), "float").array(2 * it.count);
}

function move(it) {
    const position = field(it, 0);
    const velocity = field(it, 1);
    for (let i = 0; i < position.length; i++) position[i] += velocity[i] * it.delta_time;
}

ecs.ecs_system_init(world, {
    // A system runs in the phase that its entity depends on.
    entity: ecs.ecs_entity_init(world, {
        name: "Move",
        add: [ecs.ecs_make_pair(ecs.EcsDependsOn, ecs.EcsOnUpdate), ecs.EcsOnUpdate, 0],
    }),
    query: { terms: [{ id: Position }, { id: Velocity, inout: ecs.EcsIn }] },
    callback: move,
});

function entity(name, position, velocity) {
    const made = ecs.ecs_entity_init(world, { name });
    ecs.ecs_set_id(world, made, Position, pair.size, new Float32Array(position));
    if (velocity) ecs.ecs_set_id(world, made, Velocity, pair.size, new Float32Array(velocity));
    return made;
}

const things = [entity("comet", [0, 10], [4, -1]), entity("moon", [5, 5], [0, 2]), entity("star", [1, 1])];
for (let frame = 0; frame < 10; frame++) ecs.ecs_progress(world, 0.5);

for (const thing of things) {
    const [x, y] = cast(ecs.ecs_get_id(world, thing, Position), "float").array(pair.size / sizeOf("float"));
    console.log(`${ecs.ecs_get_name(world, thing).padEnd(5)} at (${x.toFixed(1)}, ${y.toFixed(1)})`);
}
ecs.ecs_fini(world);
ecs.unload();
