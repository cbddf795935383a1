//! Every environment variable that nlib reads. No other module reads the environment.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nlib_cache::Mode;
use nlib_loader::PerfOutput;

use crate::error::Error;

/// A variable, as the documentation lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it sets, and its default.
    pub meaning: &'static str,
}

/// All variables; `docs/environment.md` is generated from this list.
pub const VARIABLES: &[Variable] = &[
    Variable {
        name: "NLIB_CACHE_DIR",
        meaning: "The cache's folder; `$XDG_CACHE_HOME/nlib`, else `~/.cache/nlib`, when unset.",
    },
    Variable {
        name: "NLIB_CACHE",
        meaning: "`on` (the default), `off`, `readonly` (uses hits, stores nothing) or `recache` \
                  (ignores hits, stores anew).",
    },
    Variable {
        name: "NLIB_PATH",
        meaning: "Folders with manifests, separated by `:`, searched after the working \
                  directory's `vendor-manifests` and before the installed ones: those installed with the \
                  running program or with libnlib, else with the `nlib` on `PATH`, else under `/usr/local` \
                  or `/usr`.",
    },
    Variable {
        name: "NLIB_PROJECT",
        meaning: "`off` leaves `nlib.json` out; `on` (the default) looks for it from the working \
                  directory upwards.",
    },
    Variable {
        name: "NLIB_OFFLINE",
        meaning: "`1` refuses to fetch sources over the network.",
    },
    Variable {
        name: "NLIB_JOBS",
        meaning: "How many units are compiled at once; the number of processors when unset.",
    },
    Variable {
        name: "NLIB_WORKER",
        meaning: "The `nlib-worker` program; when unset the one installed with the running program or \
                  with libnlib, else with the `nlib` on `PATH`, else under `/usr/local` or `/usr`.",
    },
    Variable {
        name: "NLIB_COMPILE_SECONDS",
        meaning: "The wall-clock time that one unit may take; 600 when unset.",
    },
    Variable {
        name: "NLIB_COMPILE_CPU_SECONDS",
        meaning: "The processor time that one unit may take; NLIB_COMPILE_SECONDS when unset.",
    },
    Variable {
        name: "NLIB_COMPILE_MEMORY",
        meaning: "The address space of one compile, in MiB; 8192 when unset.",
    },
    Variable {
        name: "NLIB_COMPILE_OUTPUT",
        meaning: "The size of one object or image, in MiB; 2048 when unset.",
    },
    Variable {
        name: "NLIB_PERF",
        meaning: "Tells `perf` the names of jit code: `map` writes `/tmp/perf-PID.map`, `jitdump` \
                  writes `/tmp/jit-PID.dump` for `perf inject --jit`; `off` when unset.",
    },
    Variable {
        name: "SOURCE_DATE_EPOCH",
        meaning: "Seconds since 1970 that `__DATE__`, `__TIME__` and `__TIMESTAMP__` stand for; \
                  units that use them are cached only when it is set.",
    },
    Variable {
        name: "LD_PRELOAD",
        meaning: "The system's variable: `nlib run` adds the runtime of `-fsanitize=address` to it \
                  and starts itself again.",
    },
    Variable {
        name: "ASAN_OPTIONS",
        meaning: "The options of that runtime; `nlib run` sets `detect_leaks=0` when it is unset, \
                  as what nlib itself keeps until its end would be reported.",
    },
    Variable {
        name: "XDG_CACHE_HOME",
        meaning: "Parent of the cache's folder when NLIB_CACHE_DIR is unset; `~/.cache` when unset.",
    },
];

/// The variables of [`VARIABLES`] that are set and not empty, with their values.
#[allow(
    clippy::disallowed_methods,
    reason = "the one module that reads the environment"
)]
pub fn in_effect() -> Vec<(&'static Variable, String)> {
    let value = |variable: &'static Variable| {
        let value = std::env::var_os(variable.name).filter(|value| !value.is_empty())?;
        Some((variable, value.to_string_lossy().into_owned()))
    };
    VARIABLES.iter().filter_map(value).collect()
}

/// The variables that a process with a sanitizer's runtime in it is started with; `None` when this
/// process was started so.
#[allow(
    clippy::disallowed_methods,
    reason = "the one module that reads the environment"
)]
pub fn preloaded(runtime: &Path) -> Option<Vec<(&'static str, OsString)>> {
    let mut preload = std::env::var_os("LD_PRELOAD").unwrap_or_default();
    let mut known = preload
        .as_encoded_bytes()
        .split(|byte| b": ".contains(byte));
    if known.any(|name| name == runtime.as_os_str().as_encoded_bytes()) {
        return None;
    }
    if !preload.is_empty() {
        // The sanitizer's comes first.
        let others = std::mem::replace(&mut preload, ":".into());
        preload.push(others);
    }
    let mut first = runtime.as_os_str().to_owned();
    first.push(preload);
    let mut variables = vec![("LD_PRELOAD", first)];
    if std::env::var_os("ASAN_OPTIONS").is_none() {
        variables.push(("ASAN_OPTIONS", "detect_leaks=0".into()));
    }
    Some(variables)
}

/// What the variables say; `None` where one is unset or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `NLIB_CACHE_DIR`, else the XDG folder.
    pub cache_directory: Option<PathBuf>,
    /// `NLIB_CACHE`.
    pub cache_mode: Option<Mode>,
    /// `NLIB_PATH`.
    pub library_path: Vec<PathBuf>,
    /// The absolute folders of `PATH`.
    pub path: Vec<PathBuf>,
    /// `NLIB_PROJECT=off`.
    pub no_project: bool,
    /// `NLIB_OFFLINE`.
    pub offline: bool,
    /// `NLIB_JOBS`.
    pub jobs: Option<NonZeroUsize>,
    /// `NLIB_WORKER`.
    pub worker: Option<PathBuf>,
    /// `NLIB_COMPILE_SECONDS`.
    pub compile_time: Option<Duration>,
    /// `NLIB_COMPILE_CPU_SECONDS`.
    pub compile_processor_time: Option<Duration>,
    /// `NLIB_COMPILE_MEMORY`, in bytes.
    pub compile_memory: Option<u64>,
    /// `NLIB_COMPILE_OUTPUT`, in bytes.
    pub compile_output: Option<u64>,
    /// `NLIB_PERF`.
    pub perf_output: Option<PerfOutput>,
    /// `SOURCE_DATE_EPOCH`, in seconds.
    pub source_date_epoch: Option<u64>,
}

impl Environment {
    /// Reads this process's environment.
    ///
    /// # Errors
    /// A variable has a value that means nothing; the message names it and what it may be.
    #[allow(
        clippy::disallowed_methods,
        reason = "the one module that reads the environment"
    )]
    pub fn read() -> Result<Self, Error> {
        Self::from(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Reads variables through `lookup`.
    fn from(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let wrong = |name: &'static str, value: String, expected: &'static str| Error::Variable {
            name,
            value,
            expected,
        };
        let number = |name: &'static str| match get(name) {
            None => Ok(None),
            Some(value) => match value.parse::<u64>() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(wrong(name, value, "a whole number")),
            },
        };
        let folders = |name: &str| -> Vec<PathBuf> {
            let value = get(name).unwrap_or_default();
            let parts = value.split(':').filter(|part| !part.is_empty());
            parts.map(PathBuf::from).collect()
        };
        let xdg = || {
            let absolute = |value: String| Some(PathBuf::from(value)).filter(|p| p.is_absolute());
            let home = || get("HOME").map(|home| PathBuf::from(home).join(".cache"));
            let parent = get("XDG_CACHE_HOME").and_then(absolute).or_else(home)?;
            Some(parent.join("nlib"))
        };
        Ok(Self {
            cache_directory: get("NLIB_CACHE_DIR").map(PathBuf::from).or_else(xdg),
            cache_mode: match get("NLIB_CACHE").as_deref() {
                None => None,
                Some("on" | "1") => Some(Mode::ReadWrite),
                Some("off" | "0") => Some(Mode::Off),
                Some("readonly") => Some(Mode::ReadOnly),
                Some("recache") => Some(Mode::Recache),
                Some(other) => {
                    let expected = "on, off, readonly or recache";
                    return Err(wrong("NLIB_CACHE", other.to_string(), expected));
                }
            },
            library_path: folders("NLIB_PATH"),
            path: {
                let mut path = folders("PATH");
                path.retain(|folder| folder.is_absolute());
                path
            },
            no_project: match get("NLIB_PROJECT").as_deref() {
                None | Some("on" | "1") => false,
                Some("off" | "0") => true,
                Some(other) => return Err(wrong("NLIB_PROJECT", other.to_string(), "on or off")),
            },
            offline: get("NLIB_OFFLINE").is_some_and(|value| value != "0"),
            jobs: match number("NLIB_JOBS")? {
                None => None,
                Some(jobs) => Some(
                    usize::try_from(jobs)
                        .ok()
                        .and_then(NonZeroUsize::new)
                        .ok_or_else(|| wrong("NLIB_JOBS", jobs.to_string(), "a number from 1"))?,
                ),
            },
            worker: get("NLIB_WORKER").map(PathBuf::from),
            compile_time: number("NLIB_COMPILE_SECONDS")?.map(Duration::from_secs),
            compile_processor_time: number("NLIB_COMPILE_CPU_SECONDS")?.map(Duration::from_secs),
            compile_memory: number("NLIB_COMPILE_MEMORY")?.map(mebibytes),
            compile_output: number("NLIB_COMPILE_OUTPUT")?.map(mebibytes),
            perf_output: match get("NLIB_PERF").as_deref() {
                None | Some("off" | "0") => None,
                Some("map") => Some(PerfOutput::Map),
                Some("jitdump") => Some(PerfOutput::JitDump),
                Some(other) => {
                    return Err(wrong("NLIB_PERF", other.to_string(), "map, jitdump or off"));
                }
            },
            source_date_epoch: number("SOURCE_DATE_EPOCH")?,
        })
    }
}

fn mebibytes(count: u64) -> u64 {
    count.saturating_mul(1 << 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Environment, String> {
        let lookup = |name: &str| {
            let (_, value) = values.iter().find(|(key, _)| *key == name)?;
            Some(value.to_string())
        };
        Environment::from(lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn the_cache_directory_falls_back() {
        let directory = |values: &[(&str, &str)]| read(values).unwrap().cache_directory;
        let home = ("HOME", "/home/ada");
        assert_eq!(directory(&[home]), Some("/home/ada/.cache/nlib".into()));
        assert_eq!(
            directory(&[home, ("XDG_CACHE_HOME", "/x")]),
            Some("/x/nlib".into())
        );
        let own = ("NLIB_CACHE_DIR", "/own");
        assert_eq!(
            directory(&[home, ("XDG_CACHE_HOME", "/x"), own]),
            Some("/own".into())
        );
        assert_eq!(
            directory(&[home, ("XDG_CACHE_HOME", "relative")]),
            Some("/home/ada/.cache/nlib".into())
        );
        assert_eq!(directory(&[]), None);
    }

    #[test]
    fn wrong_values_are_named() {
        let error = read(&[("NLIB_CACHE", "maybe")]).unwrap_err();
        assert!(
            error.contains("NLIB_CACHE") && error.contains("maybe") && error.contains("readonly"),
            "{error}"
        );
        assert!(read(&[("NLIB_JOBS", "0")]).is_err());
        assert!(read(&[("NLIB_PERF", "yes")]).is_err());
        assert!(read(&[("SOURCE_DATE_EPOCH", "yesterday")]).is_err());
        assert_eq!(
            read(&[("NLIB_COMPILE_MEMORY", "2")])
                .unwrap()
                .compile_memory,
            Some(2 << 20)
        );
    }
}
