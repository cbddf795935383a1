//! How libraries end.

use std::ffi::{c_int, c_void};
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use nlib::Session;

use crate::failing::refusal;
use crate::kit::{self, Kit, kit_point};
use crate::{Shown, fixture};

const FAREWELL: &str = r#"
#include <stdio.h>
int works(void) { return 1; }
__attribute__((destructor)) static void end(void) {
    FILE *file = fopen("ended", "w");
    if (file) fclose(file);
}
"#;

pub fn unload() -> Shown {
    let session = Session::new()?;
    fs::write("farewell.c", FAREWELL)?;
    let farewell = session.load("farewell.c")?;
    assert_eq!(
        unsafe { farewell.symbol::<unsafe extern "C" fn() -> c_int>("works")?() },
        1
    );
    assert!(!Path::new("ended").exists());
    session.unload_library(&mut Some(farewell))?;
    assert!(Path::new("ended").exists());

    // With a module, thunks and all.
    let kit = Kit::load_as(&session, fixture("kit.c").as_str())?;
    assert_eq!(unsafe { kit.kit_square(3) }, 9);
    kit.unload(&session).map_err(|(_, error)| error)?;
    assert!(!session.is_loaded("kit"));
    Ok(())
}

pub fn after_unload() -> Shown {
    // A call, a look-up and a second unload do not compile: the library was given away.
    let moved = "E0382";
    for statement in [
        "kit.kit_add(1, 2);",
        "kit.has(\"kit_add\");",
        "kit.unload(&session);",
    ] {
        let ended = format!("kit.unload(&session); {statement}");
        assert_eq!(refusal(&ended)?, moved, "{ended}");
    }
    // A function that is held borrows its library.
    let held = "let f = kit.library().symbol::<unsafe extern \"C\" fn()>(\"kit_max\"); kit.unload(&session); f;";
    assert_eq!(refusal(held)?, "E0505");
    // By its name it can be asked for once more.
    let session = Session::new()?;
    let kit = Kit::load_as(&session, fixture("kit.c").as_str())?;
    kit.unload(&session).map_err(|(_, error)| error)?;
    let error = session.unload("kit").expect_err("it is gone").to_string();
    assert!(error.contains("kit"), "{error}");
    Ok(())
}

/// What the callback unloads.
static LOADED: Mutex<Option<(Kit, Session)>> = Mutex::new(None);

unsafe extern "C" fn unload_inside(_: c_int, _: *const kit_point, data: *mut c_void) -> c_int {
    kit::guard(-1, || {
        let mut loaded = LOADED.lock().expect("nobody has panicked");
        let (kit, session) = loaded.take().expect("it is loaded");
        let (kit, error) = match kit.unload(&session) {
            Ok(()) => return 1,
            Err(refused) => refused,
        };
        unsafe { *data.cast::<String>() = error.to_string() };
        *loaded = Some((kit, session));
        7
    })
}

pub fn unload_in_callback() -> Shown {
    let session = Session::new()?;
    let kit = Kit::load_as(&session, fixture("kit.c").as_str())?;
    // The address alone: a symbol would borrow what the callback takes.
    type Each =
        unsafe extern "C" fn(*const kit_point, c_int, kit::kit_visitor, *mut c_void) -> c_int;
    let each: Each = *unsafe { kit.library().symbol("kit_each")? };
    *LOADED.lock().expect("nobody has panicked") = Some((kit, session));
    let mut reason = String::new();
    let point = kit_point::default();
    let given = unsafe { each(&point, 1, Some(unload_inside), (&raw mut reason).cast()) };
    assert_eq!(given, 7, "{reason}");
    println!("{reason}");
    let (kit, session) = LOADED
        .lock()
        .expect("nobody has panicked")
        .take()
        .ok_or("it stays loaded")?;
    assert_eq!(unsafe { kit.kit_add(1, 2) }, 3);
    kit.unload(&session).map_err(|(_, error)| error)?;
    Ok(())
}
