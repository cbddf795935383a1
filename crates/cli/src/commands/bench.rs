//! `nlib bench`: loads from a warm cache beside dlopen of the same code.
//!
//! The three ways take turns, so that a busy moment of the machine meets each alike. Timed is what
//! a caller waits for, from the request to an address; unloading is not. dlopen is timed by a C
//! function that nlib compiles and calls here, in the same process, so that no way pays for a
//! process of its own. The first turn of each is not counted: it fills caches.

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use nlib::{Library, Mode, Request, Session, Settings};
use serde::Serialize;

use crate::arguments::BenchArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::output::table;

/// Its status is the nanoseconds that opening and looking up took, or −1.
const DLOPEN_TIMER: &str = r#"
#include <dlfcn.h>
#include <time.h>

int main(int argc, char **argv) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library || !dlsym(library, argv[2]))
        return -1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    dlclose(library);
    return (int)((end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec - start.tv_nsec);
}
"#;

#[derive(Serialize)]
struct Report {
    library: String,
    symbol: String,
    linker: String,
    runs: usize,
    /// With one session; the check that sources are unchanged included.
    warm_load_us: Figures,
    /// With a session made for each load.
    new_session_us: Figures,
    /// dlopen and dlsym of what clang links with its defaults.
    dlopen_default_us: Figures,
    /// The first median divided by the third.
    ratio: f64,
}

/// Of all runs, in microseconds.
#[derive(Serialize)]
struct Figures {
    median: f64,
    min: f64,
    max: f64,
}

/// Measures one library.
pub fn bench(context: &Context, arguments: &BenchArguments) -> Result<ExitCode, Failure> {
    let settings = context.settings()?;
    if matches!(settings.cache_mode, Mode::Off | Mode::Recache) {
        let message = "without a cache there is no warm load to measure; leave out --no-cache and \
                       unset NLIB_CACHE";
        return Err(Failure::Usage(message.to_string()));
    }
    let request = context.request(&settings, &arguments.library);
    let session = Session::open(settings.clone())?;
    if let Some((_, error)) = session.warm(std::slice::from_ref(&request)).failures.pop() {
        return Err(error.into());
    }
    let symbol = match &arguments.symbol {
        Some(symbol) => symbol.clone(),
        None => first_function(&session, &request)?,
    };
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::Io(format!("cannot make a temporary folder: {error}")))?;
    let (shared_object, linker) = link_shared(&session, &request, folder.path())?;
    // A session of its own: its program stays loaded while the others unload everything.
    let timer_session = Session::open(Settings {
        listener: None,
        ..settings.clone()
    })?;
    let timer = dlopen_timer(&timer_session, folder.path())?;

    let mut samples: [Vec<f64>; 3] = Default::default();
    for run in 0..=arguments.runs.get() {
        let turn = [
            load(&session, &request, &symbol)?,
            load_with_new_session(&settings, &request, &symbol)?,
            dlopen(&timer, &shared_object, &symbol)?,
        ];
        for (samples, sample) in samples.iter_mut().zip(turn) {
            if run > 0 {
                samples.push(sample);
            }
        }
    }
    let [warm_load_us, new_session_us, dlopen_default_us] = samples.map(figures);
    let report = Report {
        library: arguments.library.library.clone(),
        symbol,
        linker,
        runs: arguments.runs.get(),
        ratio: (warm_load_us.median / dlopen_default_us.median * 100.0).round() / 100.0,
        warm_load_us,
        new_session_us,
        dlopen_default_us,
    };
    context.output.data(&report, text)?;
    Ok(ExitCode::SUCCESS)
}

fn first_function(session: &Session, request: &Request) -> Result<String, Failure> {
    let mut functions: Vec<String> = session
        .symbols(request)?
        .into_iter()
        .filter(|symbol| symbol.defined && symbol.kind == nlib::SymbolKind::Function)
        .filter(|symbol| symbol.visibility != nlib::SymbolVisibility::Hidden)
        .map(|symbol| symbol.name)
        .collect();
    functions.sort();
    let first = functions.into_iter().next();
    first.ok_or_else(|| Failure::Usage("it publishes no function; name a --symbol".to_string()))
}

fn load(session: &Session, request: &Request, symbol: &str) -> Result<f64, Failure> {
    let start = Instant::now();
    let library = session.load(request)?;
    library.address(symbol)?;
    let time = microseconds(start);
    drop(library);
    unload_all(session)?;
    Ok(time)
}

fn load_with_new_session(
    settings: &Settings,
    request: &Request,
    symbol: &str,
) -> Result<f64, Failure> {
    let start = Instant::now();
    let session = Session::open(settings.clone())?;
    let library = session.load(request)?;
    library.address(symbol)?;
    let time = microseconds(start);
    drop(library);
    unload_all(&session)?;
    Ok(time)
}

/// The last loaded first: what depends on others came after them.
fn unload_all(session: &Session) -> Result<(), Failure> {
    for library in session.loaded().into_iter().rev() {
        session.unload(&library.name)?;
    }
    Ok(())
}

fn dlopen(timer: &Library, shared_object: &Path, symbol: &str) -> Result<f64, Failure> {
    let words = [
        OsStr::new("timer"),
        shared_object.as_os_str(),
        OsStr::new(symbol),
    ];
    let words = words.map(|word| CString::new(word.as_bytes()));
    let words = words.into_iter().collect::<Result<Vec<_>, _>>();
    let words = words.map_err(|_| Failure::Usage("a symbol holds no NUL byte".to_string()))?;
    match timer.run_main(&words)? {
        nanoseconds @ 0.. => Ok(f64::from(nanoseconds) / 1000.0),
        _ => Err(Failure::Io(format!(
            "the platform's loader cannot open {} or find {symbol} in it",
            shared_object.display()
        ))),
    }
}

fn dlopen_timer(session: &Session, folder: &Path) -> Result<Library, Failure> {
    let source = folder.join("dlopen_timer.c");
    write(&source, DLOPEN_TIMER.as_bytes())?;
    Ok(session.load(Request::sources([source]).flags(["-O2"]))?)
}

/// Links the objects of the library, and of what it depends on, as `clang -shared` does. Also
/// says which linker of nlib takes the library.
fn link_shared(
    session: &Session,
    request: &Request,
    folder: &Path,
) -> Result<(PathBuf, String), Failure> {
    let linker = session.load(request)?.linker().to_string();
    unload_all(session)?;
    let mut link = vec!["-shared".into()];
    let mut system_libraries = request.system_libraries.clone();
    for (place, library) in with_dependencies(session, request)?.iter().enumerate() {
        let object = folder.join(format!("{place}.o"));
        write(&object, &session.object(library)?.bytes)?;
        link.push(object.into_os_string());
        if let Ok((_, manifest)) = session.manifest(library) {
            system_libraries.extend(manifest.system_libs);
        }
    }
    let output = folder.join("default.so");
    link.extend(["-o".into(), output.clone().into_os_string()]);
    // C++ code needs its library, as `clang++` would add it.
    link.extend(["-Wl,--as-needed", "-lstdc++"].map(Into::into));
    link.extend(
        system_libraries
            .iter()
            .map(|name| format!("-l{name}").into()),
    );
    clang(&link)?;
    Ok((output, linker))
}

/// The library, then all that it depends on, each once.
fn with_dependencies(session: &Session, request: &Request) -> Result<Vec<Request>, Failure> {
    let mut found = vec![request.clone()];
    let mut open: Vec<Request> = request.with.iter().map(Request::from).collect();
    if !matches!(request.what, nlib::What::Sources(_)) {
        open.extend(dependencies(session, request)?);
    }
    while let Some(next) = open.pop() {
        if !found.contains(&next) {
            open.extend(dependencies(session, &next)?);
            found.push(next);
        }
    }
    Ok(found)
}

/// Direct dependencies: their manifests lie beside the library's, or are found by name.
fn dependencies(session: &Session, request: &Request) -> Result<Vec<Request>, Failure> {
    let (path, manifest) = session.manifest(request)?;
    let place = |name: &String| {
        let beside = path.with_file_name(format!("{name}.json"));
        if beside.is_file() {
            Request::from(&beside)
        } else {
            Request::from(name)
        }
    };
    Ok(manifest
        .dependencies
        .iter()
        .map(|dependency| place(&dependency.name))
        .collect())
}

#[allow(
    clippy::disallowed_methods,
    reason = "the peer that is measured is clang's own link"
)]
fn clang(arguments: &[std::ffi::OsString]) -> Result<(), Failure> {
    let run = std::process::Command::new("clang-22")
        .args(arguments)
        .output();
    let output = run.map_err(|error| {
        Failure::Io(format!(
            "cannot start clang-22, which links what dlopen opens: {error}"
        ))
    })?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(Failure::Io(format!(
                "clang-22 cannot link what dlopen opens:\n{said}"
            )))
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    crate::output::write_file(path, bytes)
}

fn microseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e6
}

fn figures(mut samples: Vec<f64>) -> Figures {
    samples.sort_by(f64::total_cmp);
    let middle = samples.len() / 2;
    let median = match samples.len() % 2 {
        0 => f64::midpoint(samples[middle - 1], samples[middle]),
        _ => samples[middle],
    };
    let round = |microseconds: f64| (microseconds * 10.0).round() / 10.0;
    let (min, max) = (samples[0], samples[samples.len() - 1]);
    Figures {
        median: round(median),
        min: round(min),
        max: round(max),
    }
}

fn text(report: &Report) -> String {
    let row = |name: &str, figures: &Figures| {
        let cell = |figure: f64| format!("{figure:.1}");
        [
            name.to_string(),
            cell(figures.median),
            cell(figures.min),
            cell(figures.max),
        ]
    };
    let rows = [
        row(&format!("nlib ({})", report.linker), &report.warm_load_us),
        row("nlib, new session", &report.new_session_us),
        row("dlopen, default link", &report.dlopen_default_us),
    ];
    format!(
        "{}: from the request to {}, {} runs\n{}nlib takes {:.2} times as long as dlopen\n",
        report.library,
        report.symbol,
        report.runs,
        table(["µs", ">MEDIAN", ">MIN", ">MAX"], &rows),
        report.ratio
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        let of = |samples: &[f64]| figures(samples.to_vec()).median;
        assert_eq!(of(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(of(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(of(&[7.25]), 7.3);
    }
}
