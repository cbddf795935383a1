//! Flecs: components, entities, and a system that is written in Rust.
//!
//! `nlib bind flecs --format rust` wrote the module; here the build script runs it.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "what each call asks for is in Flecs' documentation, and all are alike"
)]

mod flecs {
    include!(concat!(env!("OUT_DIR"), "/flecs.rs"));
}

use std::error::Error;
use std::ffi::CStr;
use std::slice;
use std::sync::OnceLock;

use flecs::{
    Flecs, ecs_component_desc_t, ecs_entity_desc_t, ecs_entity_t, ecs_iter_t, ecs_system_desc_t,
    ecs_world_t, guard,
};

#[derive(Debug, Clone, Copy)]
#[repr(C)]
struct Vector {
    x: f32,
    y: f32,
}

/// The library, for the system to call.
static FLECS: OnceLock<Flecs> = OnceLock::new();

/// Runs once per frame for each group of entities that have both components.
unsafe extern "C" fn movement(it: *mut ecs_iter_t) {
    guard((), || unsafe {
        let flecs = FLECS.get().expect("it runs the system");
        let (it, size) = (&*it, size_of::<Vector>());
        let count = usize::try_from(it.count).expect("Flecs counts from 0");
        let position = flecs.ecs_field_w_size(it, size, 0).cast::<Vector>();
        let velocity = flecs.ecs_field_w_size(it, size, 1).cast::<Vector>();
        let positions = slice::from_raw_parts_mut(position, count);
        let velocities = slice::from_raw_parts(velocity, count);
        for (position, velocity) in positions.iter_mut().zip(velocities) {
            position.x += velocity.x * it.delta_time;
            position.y += velocity.y * it.delta_time;
        }
    });
}

/// Runs the example and prints where the bodies are.
pub fn main() -> Result<(), Box<dyn Error>> {
    let session = nlib::Session::new()?;
    let flecs =
        FLECS.get_or_init(|| Flecs::load(&session).unwrap_or_else(|error| panic!("{error}")));
    unsafe {
        let world = flecs.ecs_init();
        let position = component(flecs, world, c"Position");
        let velocity = component(flecs, world, c"Velocity");
        for (name, at, speed) in [
            (c"star", (1.0, 1.0), None),
            (c"comet", (0.0, 10.0), Some((4.0, -1.0))),
            (c"moon", (5.0, 5.0), Some((0.0, 2.0))),
        ] {
            let body = entity(flecs, world, name);
            set(flecs, world, body, position, at);
            if let Some(speed) = speed {
                set(flecs, world, body, velocity, speed);
            }
        }
        system(flecs, world, position, velocity);
        for _ in 0..10 {
            flecs.ecs_progress(world, 0.5);
        }
        for name in [c"star", c"comet", c"moon"] {
            let body = flecs.ecs_lookup(world, name.as_ptr());
            let at = *flecs.ecs_get_id(world, body, position).cast::<Vector>();
            println!("{:<5} at ({:.1}, {:.1})", name.to_str()?, at.x, at.y);
        }
        flecs.ecs_fini(world);
    }
    Ok(())
}

unsafe fn entity(flecs: &Flecs, world: *mut ecs_world_t, name: &CStr) -> ecs_entity_t {
    let described = ecs_entity_desc_t {
        name: name.as_ptr(),
        ..Default::default()
    };
    unsafe { flecs.ecs_entity_init(world, &described) }
}

unsafe fn component(flecs: &Flecs, world: *mut ecs_world_t, name: &CStr) -> ecs_entity_t {
    let mut described = ecs_component_desc_t {
        entity: unsafe { entity(flecs, world, name) },
        ..Default::default()
    };
    described.r#type.size = size_of::<Vector>() as i32;
    described.r#type.alignment = align_of::<Vector>() as i32;
    unsafe { flecs.ecs_component_init(world, &described) }
}

unsafe fn set(
    flecs: &Flecs,
    world: *mut ecs_world_t,
    body: ecs_entity_t,
    component: ecs_entity_t,
    (x, y): (f32, f32),
) {
    let value = Vector { x, y };
    let pointer = (&raw const value).cast();
    unsafe { flecs.ecs_set_id(world, body, component, size_of::<Vector>(), pointer) };
}

unsafe fn system(
    flecs: &Flecs,
    world: *mut ecs_world_t,
    position: ecs_entity_t,
    velocity: ecs_entity_t,
) {
    unsafe {
        let phase = *flecs.EcsOnUpdate();
        let own = entity(flecs, world, c"movement");
        flecs.ecs_add_id(world, own, phase);
        flecs.ecs_add_id(
            world,
            own,
            flecs.ecs_make_pair(*flecs.EcsDependsOn(), phase),
        );
        let mut described = ecs_system_desc_t {
            entity: own,
            callback: Some(movement),
            ..Default::default()
        };
        described.query.terms[0].id = position;
        described.query.terms[1].id = velocity;
        flecs.ecs_system_init(world, &described);
    }
}
