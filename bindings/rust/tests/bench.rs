//! What loading and calling costs, beside a shared object that was built before and is opened by `dlopen`, as
//! crates that load libraries do. `rust-bench`: see benches/hosts.py.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each call is of a fixture whose source lies in this repository"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark reads its environment and runs the compiler"
)]
#![allow(missing_docs, reason = "a program")]

mod kit {
    include!(concat!(env!("OUT_DIR"), "/kit.rs"));
}

use std::error::Error;
use std::ffi::{CString, c_char, c_int, c_void};
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use kit::{Kit, kit_point};
use nlib::Session;

const LOADS: usize = 21;
const CALLS: u32 = 1_000_000;

unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlclose(library: *mut c_void) -> c_int;
}

type Add = unsafe extern "C" fn(c_int, c_int) -> c_int;
type Mid = unsafe extern "C" fn(kit_point, kit_point) -> kit_point;

/// The median of some runs.
fn median(runs: usize, mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[runs / 2]
}

/// Nanoseconds per call.
fn per_call(mut call: impl FnMut()) -> f64 {
    let time = median(5, || (0..CALLS).for_each(|_| call()));
    time.as_secs_f64() * 1e9 / f64::from(CALLS)
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn main() -> Result<(), Box<dyn Error>> {
    let fixtures = std::env::var("NLIB_FIXTURES")?;
    let source = format!("{fixtures}/kit.c");
    let load = || -> Result<(), nlib::Error> {
        let session = Session::new()?;
        let kit = Kit::load_as(&session, source.as_str())?;
        black_box(unsafe { kit.kit_add(1, 2) });
        kit.unload(&session).map_err(|(_, error)| error)
    };
    load()?;
    let loaded = median(LOADS, || load().expect("it loads once more"));
    println!("way nlib");
    println!("load {:.1}", microseconds(loaded));

    let point = kit_point { x: 1.0, y: 1.0 };
    let kit = Kit::load_as(&Session::new()?, source.as_str())?;
    let call = per_call(|| {
        black_box(unsafe { kit.kit_add(black_box(1), 1) });
    });
    println!("call {call:.2}");
    let call = per_call(|| {
        black_box(unsafe { kit.kit_mid(black_box(point), point) });
    });
    println!("call-struct {call:.2}");

    let status = Command::new("clang-22")
        .args(["-O2", "-shared", "-fPIC", "-o", "libkit.so"])
        .arg(&source)
        .status()?;
    assert!(status.success(), "clang: {status}");
    let path = CString::new("./libkit.so")?;
    let open = || unsafe {
        let library = dlopen(path.as_ptr(), 2);
        assert!(!library.is_null(), "libkit.so is there");
        library
    };
    let add_of = |library| unsafe {
        std::mem::transmute::<*mut c_void, Add>(dlsym(library, c"kit_add".as_ptr()))
    };
    let opened = median(LOADS, || unsafe {
        let library = open();
        black_box(add_of(library)(1, 2));
        dlclose(library);
    });
    println!("way dlopen");
    println!("load {:.1}", microseconds(opened));
    let library = open();
    let add = add_of(library);
    let call = per_call(|| {
        black_box(unsafe { add(black_box(1), 1) });
    });
    println!("call {call:.2}");
    let mid =
        unsafe { std::mem::transmute::<*mut c_void, Mid>(dlsym(library, c"kit_mid".as_ptr())) };
    let call = per_call(|| {
        black_box(unsafe { mid(black_box(point), point) });
    });
    println!("call-struct {call:.2}");
    Ok(())
}
