"""Flecs with a system whose callback is Python: python3 flecs_system.py

The program of examples/flecs-hello in Python. Components are plain structures of ctypes, which the system
reads and writes where Flecs keeps them.
"""

import ctypes

import nlib


class Position(ctypes.Structure):
    _fields_ = [("x", ctypes.c_float), ("y", ctypes.c_float)]


class Velocity(ctypes.Structure):
    _fields_ = [("x", ctypes.c_float), ("y", ctypes.c_float)]


flecs = nlib.load("flecs")
world = flecs.ecs_init()


def component(kind: type) -> int:
    entity = flecs.ecs_entity_init(world, {"name": kind.__name__, "symbol": kind.__name__})
    size = {"size": ctypes.sizeof(kind), "alignment": ctypes.alignment(kind)}
    return flecs.ecs_component_init(world, {"entity": entity, "type": size})


position_id, velocity_id = component(Position), component(Velocity)


def field(it, kind, index):
    """The values of a component in this table."""
    return nlib.cast(kind, flecs.ecs_field_w_size(it, ctypes.sizeof(kind), index))


def move(it):
    """Runs once per frame for every table of entities that have both components."""
    position, velocity = field(it, Position, 0), field(it, Velocity, 1)
    for i in range(it.count):
        position[i].x += velocity[i].x * it.delta_time
        position[i].y += velocity[i].y * it.delta_time


phase = [flecs.ecs_make_pair(flecs.EcsDependsOn, flecs.EcsOnUpdate), flecs.EcsOnUpdate, 0]
system = flecs.ecs_entity_init(world, {"name": "Move", "add": phase})
query = {"terms": [{"id": position_id}, {"id": velocity_id, "inout": flecs.EcsIn}]}
flecs.ecs_system_init(world, {"entity": system, "query": query, "callback": move})


def entity(name, position, velocity=None):
    made = flecs.ecs_entity_init(world, {"name": name})
    flecs.ecs_set_id(world, made, position_id, ctypes.sizeof(Position), Position(*position))
    if velocity:
        flecs.ecs_set_id(world, made, velocity_id, ctypes.sizeof(Velocity), Velocity(*velocity))


entity("comet", (0, 10), (4, -1))
entity("moon", (5, 5), (0, 2))
entity("star", (1, 1))

for _ in range(10):
    flecs.ecs_progress(world, 0.5)

everything = flecs.ecs_query_init(world, {"terms": [{"id": position_id}]})
it = flecs.ecs_query_iter(world, everything)
while flecs.ecs_query_next(it):
    position = field(it, Position, 0)
    for i in range(it.count):
        name = flecs.ecs_get_name(world, it.entities[i])
        print(f"{name:<5} at ({position[i].x:.1f}, {position[i].y:.1f})")
flecs.ecs_query_fini(everything)
flecs.ecs_fini(world)
