//! SQLite: a table in memory, rows that are inserted, a query.
//!
//! `nlib bind sqlite3 --format rust` wrote the module; here the build script runs it.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "what each call asks for is in SQLite's documentation, and all are alike"
)]

mod sqlite3 {
    include!(concat!(env!("OUT_DIR"), "/sqlite3.rs"));
}

use std::error::Error;
use std::ffi::{CStr, c_char};
use std::ptr::null_mut;

use sqlite3::{SQLITE_DONE, SQLITE_OK, SQLITE_ROW, Sqlite3};

const MOONS: &[(&CStr, i32)] = &[
    (c"Io", 1821),
    (c"Europa", 1560),
    (c"Ganymede", 2634),
    (c"Callisto", 2410),
];

/// Runs the example and prints the moons that are larger than the Moon.
pub fn main() -> Result<(), Box<dyn Error>> {
    let session = nlib::Session::new()?;
    let sqlite = Sqlite3::load(&session)?;
    let mut database = null_mut();
    unsafe {
        check(
            sqlite.sqlite3_open(c":memory:".as_ptr(), &mut database),
            SQLITE_OK,
        )?;
        let create = c"CREATE TABLE moon (name TEXT, radius INTEGER)";
        let created = sqlite.sqlite3_exec(database, create.as_ptr(), None, null_mut(), null_mut());
        check(created, SQLITE_OK)?;

        let insert = prepare(&sqlite, database, c"INSERT INTO moon VALUES (?, ?)")?;
        for (name, radius) in MOONS {
            // The text lives as long as the program: SQLite need not copy it.
            check(
                sqlite.sqlite3_bind_text(insert, 1, name.as_ptr(), -1, None),
                SQLITE_OK,
            )?;
            check(sqlite.sqlite3_bind_int(insert, 2, *radius), SQLITE_OK)?;
            check(sqlite.sqlite3_step(insert), SQLITE_DONE)?;
            check(sqlite.sqlite3_reset(insert), SQLITE_OK)?;
        }
        check(sqlite.sqlite3_finalize(insert), SQLITE_OK)?;

        let query = c"SELECT name, radius FROM moon WHERE radius > 1737 ORDER BY radius DESC";
        let select = prepare(&sqlite, database, query)?;
        while sqlite.sqlite3_step(select) == SQLITE_ROW {
            let name = CStr::from_ptr(sqlite.sqlite3_column_text(select, 0).cast::<c_char>());
            println!(
                "{} {} km",
                name.to_str()?,
                sqlite.sqlite3_column_int(select, 1)
            );
        }
        check(sqlite.sqlite3_finalize(select), SQLITE_OK)?;
        check(sqlite.sqlite3_close(database), SQLITE_OK)?;
    }
    Ok(())
}

unsafe fn prepare(
    sqlite: &Sqlite3,
    database: *mut sqlite3::sqlite3,
    text: &CStr,
) -> Result<*mut sqlite3::sqlite3_stmt, Box<dyn Error>> {
    let mut statement = null_mut();
    let prepared = unsafe {
        sqlite.sqlite3_prepare_v2(database, text.as_ptr(), -1, &mut statement, null_mut())
    };
    if prepared != SQLITE_OK {
        let message = unsafe { CStr::from_ptr(sqlite.sqlite3_errmsg(database)) };
        return Err(message.to_string_lossy().into());
    }
    Ok(statement)
}

fn check(status: i32, wanted: i32) -> Result<(), Box<dyn Error>> {
    match status == wanted {
        true => Ok(()),
        false => Err(format!("SQLite gives {status}, not {wanted}").into()),
    }
}
