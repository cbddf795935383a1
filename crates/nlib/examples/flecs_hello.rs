//! Flecs in a Rust program, from its source: no bindings crate, no build script, no shared library.
//!
//! ```text
//! cargo run -p nlib --example flecs_hello
//! ```
//!
//! Run it in the repository's root: Flecs is found in `vendor-manifests` there. The program does
//! what `examples/flecs-hello/main.c` does, with a system written in Rust. Functions whose
//! arguments are plain are called as Flecs has them; what takes large structs goes through the C
//! file beside this one, which nlib compiles against Flecs on the spot.

use std::error::Error;
use std::ffi::{CStr, c_char, c_void};
use std::slice;

use nlib::{Library, LinkError, Request, Session};

/// Flecs' world; only ever seen from behind a pointer.
#[repr(C)]
struct World {
    opaque: [u8; 0],
}

/// What Flecs calls an entity or a component.
type Entity = u64;

/// The value of both components, as the shim has it.
#[repr(C)]
#[derive(Clone, Copy)]
struct Vector {
    x: f32,
    y: f32,
}

type MoveRows = unsafe extern "C" fn(*mut Vector, *const Vector, i32, f32);
type VisitRow = unsafe extern "C" fn(*const c_char, *const Vector);

/// What this program calls. The fields are named as the functions.
#[derive(Clone, Copy)]
struct Functions {
    ecs_init: extern "C" fn() -> *mut World,
    ecs_fini: unsafe extern "C" fn(*mut World) -> i32,
    ecs_new: unsafe extern "C" fn(*mut World) -> Entity,
    ecs_set_name: unsafe extern "C" fn(*mut World, Entity, *const c_char) -> Entity,
    ecs_set_id: unsafe extern "C" fn(*mut World, Entity, Entity, usize, *const c_void),
    ecs_progress: unsafe extern "C" fn(*mut World, f32) -> bool,
    shim_component: unsafe extern "C" fn(*mut World, *const c_char) -> Entity,
    shim_system: unsafe extern "C" fn(*mut World, *const c_char, MoveRows),
    shim_each: unsafe extern "C" fn(*mut World, *const c_char, VisitRow),
}

impl Functions {
    /// Looks the functions up; they must not be called when the libraries are gone.
    fn find(flecs: &Library, shim: &Library) -> Result<Self, LinkError> {
        // SAFETY: the types of the fields are the signatures in flecs.h and in the shim, with
        // ecs_world_t* as *mut World, the 64-bit ecs_entity_t as Entity and bool as bool.
        unsafe {
            Ok(Self {
                ecs_init: *flecs.symbol("ecs_init")?,
                ecs_fini: *flecs.symbol("ecs_fini")?,
                ecs_new: *flecs.symbol("ecs_new")?,
                ecs_set_name: *flecs.symbol("ecs_set_name")?,
                ecs_set_id: *flecs.symbol("ecs_set_id")?,
                ecs_progress: *flecs.symbol("ecs_progress")?,
                shim_component: *shim.symbol("shim_component")?,
                shim_system: *shim.symbol("shim_system")?,
                shim_each: *shim.symbol("shim_each")?,
            })
        }
    }
}

/// The system: runs once per frame, with the rows of all entities that have both components.
unsafe extern "C" fn move_rows(
    positions: *mut Vector,
    velocities: *const Vector,
    count: i32,
    seconds: f32,
) {
    let count = usize::try_from(count).expect("Flecs counts rows from 0");
    // SAFETY: the shim passes two columns of `count` rows, which are Flecs' alone while it runs.
    let (positions, velocities) = unsafe {
        (
            slice::from_raw_parts_mut(positions, count),
            slice::from_raw_parts(velocities, count),
        )
    };
    for (position, velocity) in positions.iter_mut().zip(velocities) {
        position.x += velocity.x * seconds;
        position.y += velocity.y * seconds;
    }
}

unsafe extern "C" fn print_row(name: *const c_char, position: *const Vector) {
    // SAFETY: the shim passes a name that ends with a zero byte and a row of the query's column.
    let (name, position) = unsafe { (CStr::from_ptr(name), *position) };
    let name = name.to_string_lossy();
    println!("{name:<5} at ({:.1}, {:.1})", position.x, position.y);
}

fn main() -> Result<(), Box<dyn Error>> {
    // Both libraries, and with them the functions, stay until the end of `main`.
    let session = Session::new()?;
    let flecs = session.load("flecs")?;
    let shim = Request::sources(["crates/nlib/examples/flecs_hello_shim.c"]).with(["flecs"]);
    let shim = session.load(shim)?;
    let functions = Functions::find(&flecs, &shim)?;

    let world = (functions.ecs_init)();
    // SAFETY: `world` is alive until ecs_fini, names end with a zero byte, the components are made
    // of `Vector`, and all of it happens on this thread.
    unsafe {
        let position = (functions.shim_component)(world, c"Position".as_ptr());
        let velocity = (functions.shim_component)(world, c"Velocity".as_ptr());
        (functions.shim_system)(world, c"Position, [in] Velocity".as_ptr(), move_rows);

        let entity = |name: &CStr| {
            let entity = (functions.ecs_new)(world);
            (functions.ecs_set_name)(world, entity, name.as_ptr())
        };
        let set = |entity: Entity, component: Entity, x: f32, y: f32| {
            let value = Vector { x, y };
            let bytes = (&raw const value).cast();
            (functions.ecs_set_id)(world, entity, component, size_of::<Vector>(), bytes);
        };
        let comet = entity(c"comet");
        set(comet, position, 0.0, 10.0);
        set(comet, velocity, 4.0, -1.0);

        let moon = entity(c"moon");
        set(moon, position, 5.0, 5.0);
        set(moon, velocity, 0.0, 2.0);

        let star = entity(c"star");
        set(star, position, 1.0, 1.0);

        for _frame in 0..10 {
            (functions.ecs_progress)(world, 0.5);
        }
        // Everything with a position, moving or not.
        (functions.shim_each)(world, c"Position".as_ptr(), print_row);
        (functions.ecs_fini)(world);
    }
    Ok(())
}
