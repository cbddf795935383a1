-- Flecs from Lua: components, a system whose callback is a Lua function, a query.
--
--     luajit flecs.lua
--
-- nlib compiles Flecs the first time, and takes it from its cache after that.

local ffi = require "ffi"
local nlib = require "nlib"

local ecs = assert(nlib.load "flecs")

ffi.cdef [[
typedef struct { float x, y; } Position;
typedef struct { float x, y; } Velocity;
]]

local world = ecs.ecs_init()

local function component(name)
    local entity = ecs.ecs_entity_init(world, ecs.new("ecs_entity_desc_t", { name = name, symbol = name, use_low_id = true }))
    local desc = ecs.new("ecs_component_desc_t", { entity = entity })
    desc.type.size, desc.type.alignment = ffi.sizeof(name), ffi.alignof(name)
    return ecs.ecs_component_init(world, desc)
end

local position, velocity = component "Position", component "Velocity"

local function entity(name, values)
    local made = ecs.ecs_entity_init(world, ecs.new("ecs_entity_desc_t", { name = name }))
    for id, value in pairs(values) do
        ecs.ecs_set_id(world, made, id, ffi.sizeof(value), value)
    end
    return made
end

-- Runs once per frame for the entities that have both components.
local move = ecs:callback("ecs_iter_action_t", function(it)
    local p = ffi.cast("Position *", ecs.ecs_field_w_size(it, ffi.sizeof "Position", 0))
    local v = ffi.cast("const Velocity *", ecs.ecs_field_w_size(it, ffi.sizeof "Velocity", 1))
    for i = 0, it.count - 1 do
        p[i].x = p[i].x + v[i].x * it.delta_time
        p[i].y = p[i].y + v[i].y * it.delta_time
    end
end)

local phase = ffi.new("uint64_t[3]", ecs.ecs_make_pair(ecs.EcsDependsOn, ecs.EcsOnUpdate), ecs.EcsOnUpdate, 0)
local system = ecs.new("ecs_system_desc_t", {
    entity = ecs.ecs_entity_init(world, ecs.new("ecs_entity_desc_t", { name = "Move", add = phase })),
    query = { expr = "Position, [in] Velocity" },
    callback = move.pointer,
})
ecs.ecs_system_init(world, system)

entity("comet", { [position] = ffi.new("Position", 0, 10), [velocity] = ffi.new("Velocity", 4, -1) })
entity("moon", { [position] = ffi.new("Position", 5, 5), [velocity] = ffi.new("Velocity", 0, 2) })
entity("star", { [position] = ffi.new("Position", 1, 1) })

for _ = 1, 10 do
    ecs.ecs_progress(world, 0.5)
end

-- Everything with a position, moving or not.
local query = ecs.ecs_query_init(world, ecs.new("ecs_query_desc_t", { expr = "Position" }))
local it = ecs.ecs_query_iter(world, query)
while ecs.ecs_query_next(it) do
    local p = ffi.cast("const Position *", ecs.ecs_field_w_size(it, ffi.sizeof "Position", 0))
    for i = 0, it.count - 1 do
        print(("%-5s at (%.1f, %.1f)"):format(ecs.ecs_get_name(world, it.entities[i]), p[i].x, p[i].y))
    end
end
ecs.ecs_query_fini(query)
ecs.ecs_fini(world)
move:free()
