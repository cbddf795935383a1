//! Ways to load.

use std::ffi::{CStr, c_char, c_int};
use std::fs;

use nlib::{Language, Request, Session};

use crate::kit::{KIT_VERSION, Kit};
use crate::{Shown, fixture};

type Number = unsafe extern "C" fn() -> c_int;

pub fn load() -> Shown {
    let session = Session::new()?;
    let kit = Kit::load_as(&session, fixture("kit.c").as_str())?;
    assert_eq!((kit.library().name(), KIT_VERSION), ("kit", 3));

    let sqlite = session.load("sqlite3")?;
    let version =
        unsafe { sqlite.symbol::<unsafe extern "C" fn() -> *const c_char>("sqlite3_libversion")? };
    assert!(
        unsafe { CStr::from_ptr(version()) }
            .to_str()?
            .starts_with("3.")
    );

    let three = session.load(Request::code(Language::C, "int three(void) { return 3; }"))?;
    assert_eq!(unsafe { three.symbol::<Number>("three")?() }, 3);

    // Beside the program: a session is for all threads.
    let four = std::thread::scope(|scope| {
        let request = Request::code(Language::C, "int four(void) { return 4; }");
        scope
            .spawn(|| session.load(request))
            .join()
            .expect("loads do not panic")
    })?;
    assert_eq!(unsafe { four.symbol::<Number>("four")?() }, 4);
    Ok(())
}

pub fn reload() -> Shown {
    let session = Session::new()?;
    fs::write("changing.c", "int version(void) { return 1; }\n")?;
    let first = session.load("changing.c")?;
    fs::write("changing.c", "int version(void) { return 2; }\n")?;
    let second = session.load("changing.c")?;
    let version = |library: &nlib::Library| -> Result<c_int, nlib::LinkError> {
        Ok(unsafe { library.symbol::<Number>("version")?() })
    };
    // What was loaded stays what it was.
    assert_eq!((version(&first)?, version(&second)?), (1, 2));
    session.unload_library(&mut Some(first))?;
    assert_eq!(version(&second)?, 2);
    Ok(())
}
