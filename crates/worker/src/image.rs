//! Objects into a shared image that the platform loader maps.

use std::io;
use std::path::{Path, PathBuf};

use nlib_clang::link_elf;

/// An image, or lld's messages.
pub type Linked = Result<Vec<u8>, Failure>;

/// Why there is no image.
#[derive(Debug)]
pub struct Failure {
    /// What to tell the user.
    pub messages: String,
    /// Whether this process must end rather than link again.
    pub process_spoiled: bool,
}

/// What is made of the objects.
#[derive(Debug)]
pub enum Kind {
    /// A shared image that is found by its soname.
    Image {
        /// The soname.
        soname: String,
        /// Images that it depends on.
        dependencies: Vec<PathBuf>,
        /// System libraries, of which it names those that it refers to.
        libraries: Vec<PathBuf>,
    },
    /// One relocatable object.
    Relocatable,
}

/// Links `objects` (name and bytes).
pub fn link(kind: &Kind, objects: &[(String, &[u8])]) -> Linked {
    // lld reads and writes files only; in memory where the system has a place for that.
    let directory = scratch_directory().map_err(fault)?;
    let output = directory.path().join("image.so");
    let mut arguments = options(kind, &output);
    for (index, (name, bytes)) in objects.iter().enumerate() {
        let path = directory.path().join(format!("{index}-{}.o", plain(name)));
        write(&path, bytes).map_err(fault)?;
        arguments.push(path.display().to_string());
    }
    if let Kind::Image {
        dependencies,
        libraries,
        ..
    } = kind
    {
        // lld takes weak references for no need of a library.
        arguments.extend(dependencies.iter().map(|path| path.display().to_string()));
        arguments.push("--as-needed".to_string());
        arguments.extend(libraries.iter().map(|path| path.display().to_string()));
    }

    match link_elf(&arguments) {
        Ok(()) => std::fs::read(&output).map_err(fault),
        Err(failure) => {
            let prefix = format!("{}/", directory.path().display());
            Err(Failure {
                messages: failure.messages.replace(&prefix, ""),
                process_spoiled: failure.process_spoiled,
            })
        }
    }
}

/// `-Bsymbolic -z now -z pack-relative-relocs` leave the fewest relocations to resolve by name: the
/// image of Flecs opens in 0.4 of the time of a default link. (`--pack-dyn-relocs=relr` does the
/// same without the version dependency that glibc then asks for.) `-z nostart-stop-gc` keeps the
/// sections that `__start_NAME` and `__stop_NAME` bound. What `#pragma comment(lib, …)` asks for is among
/// the libraries: the host finds it for both linkers.
fn options(kind: &Kind, output: &Path) -> Vec<String> {
    let output = ["-o".to_string(), output.display().to_string()];
    let Kind::Image { soname, .. } = kind else {
        return [vec!["-r".to_string()], output.to_vec()].concat();
    };
    let fixed = [
        "-shared",
        "-Bsymbolic",
        "-znow",
        "--hash-style=gnu",
        "-zpack-relative-relocs",
        "--eh-frame-hdr",
        "--gc-sections",
        "-znostart-stop-gc",
        "--no-dependent-libraries",
        "--build-id=sha1",
        "--threads=1",
    ];
    let mut options: Vec<String> = fixed.iter().map(ToString::to_string).collect();
    options.extend(["-soname".to_string(), soname.to_string()]);
    options.extend(output);
    options
}

fn scratch_directory() -> io::Result<tempfile::TempDir> {
    let builder = || {
        let mut builder = tempfile::Builder::new();
        builder.prefix("nlib-link-");
        builder
    };
    builder()
        .tempdir_in("/dev/shm")
        .or_else(|_| builder().tempdir())
}

#[allow(
    clippy::disallowed_methods,
    reason = "lld's scratch files, outside the cache"
)]
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::write(path, bytes)
}

fn fault(error: io::Error) -> Failure {
    Failure {
        messages: format!("the linker's scratch files: {error}"),
        process_spoiled: false,
    }
}

fn plain(name: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    name.chars()
        .map(|c| if keep(c) { c } else { '_' })
        .collect()
}
