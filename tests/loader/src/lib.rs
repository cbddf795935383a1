//! Compiling fixtures, and loading them with either linker.

#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    clippy::new_without_default,
    clippy::unwrap_used,
    reason = "tests write files and start compilers; what fails, panics"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use nlib_loader::{
    ImageFile, Library, LibrarySpec, LinkError, Linker, Loader, ObjectFile, SystemLibrary,
    always_linked, check_symbols, find_system_library, image_objects, image_soname, prepare_image,
};
use nlib_test_calls::text;

pub use nlib_test_calls::{call, call_with};

pub const BOTH: [Linker; 2] = [Linker::Jit, Linker::Image];

/// A loader with a directory for the images it links.
pub struct Fixture {
    pub loader: Loader,
    directory: tempfile::TempDir,
}

/// Compiles C or C++, by the name's extension.
pub fn compile(name: &str, text: &str) -> ObjectFile {
    compile_with(name, text, &[])
}

pub fn compile_with(name: &str, text: &str, flags: &[&str]) -> ObjectFile {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join(name);
    let object = directory.path().join("out.o");
    std::fs::write(&source, text).unwrap();
    let output = Command::new("clang-22")
        .args(["-c", "-O1", "-fPIC", "-w"])
        .args(if name.ends_with(".cpp") {
            &["-std=c++20"][..]
        } else {
            &[]
        })
        .args(flags)
        .arg(&source)
        .arg("-o")
        .arg(&object)
        .output()
        .expect("clang-22 is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    ObjectFile {
        name: name.to_owned(),
        bytes: std::fs::read(object).unwrap(),
    }
}

pub fn spec(name: &str, dependencies: &[&Library]) -> LibrarySpec {
    LibrarySpec {
        name: name.to_owned(),
        dependencies: dependencies
            .iter()
            .map(|&library| library.clone())
            .collect(),
        system_libraries: vec![find_system_library("stdc++").unwrap()],
        ..LibrarySpec::default()
    }
}

impl Fixture {
    pub fn new() -> Fixture {
        Fixture {
            loader: Loader::new().unwrap(),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// Links and loads objects with the linker asked for.
    pub fn load(
        &self,
        linker: Linker,
        spec: LibrarySpec,
        objects: Vec<ObjectFile>,
    ) -> Result<Library, LinkError> {
        match linker {
            Linker::Jit => self.loader.link_jit(spec, objects),
            Linker::Image => {
                check_symbols(&spec, &objects)?;
                let image = self.link(&spec, &objects);
                self.loader.link_image(spec, ImageFile::Path(image))
            }
        }
    }

    /// Links an image as the worker does, with lld as a program.
    pub fn link(&self, spec: &LibrarySpec, objects: &[ObjectFile]) -> PathBuf {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        let digest = format!("{}-{serial:04x}", std::process::id());
        let image = self.path(&format!("{}-{serial}.image", spec.name));
        // Dependents find an image's file through its library's name and soname.
        let write = |name: String, bytes: &[u8]| {
            let path = self.path(&name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let around = image_objects();
        let mut inputs = vec![write(format!("{serial}-first.o"), around.first)];
        for (index, object) in objects.iter().enumerate() {
            inputs.push(write(format!("{serial}-{index}.o"), &object.bytes));
        }
        let output = Command::new("ld.lld-22")
            .args("-shared -Bsymbolic -z now --hash-style=gnu -z pack-relative-relocs".split(' '))
            .args("--eh-frame-hdr --gc-sections -z nostart-stop-gc --build-id=sha1".split(' '))
            .arg("-soname")
            .arg(image_soname(&digest))
            .arg("-o")
            .arg(&image)
            .args(&inputs)
            .args(
                spec.dependencies
                    .iter()
                    .map(|library| self.image_of(library)),
            )
            .arg("--as-needed")
            .args(spec.system_libraries.iter().map(|library| &library.path))
            .args(
                always_linked()
                    .iter()
                    .map(|library: &SystemLibrary| &library.path),
            )
            .arg(write(format!("{serial}-last.o"), around.last))
            .output()
            .expect("ld.lld-22 is installed");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let mut bytes = std::fs::read(&image).unwrap();
        prepare_image(&spec.name, &mut bytes).unwrap();
        std::fs::write(&image, bytes).unwrap();
        image
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The newest image of a library; tests give their libraries different names.
    fn image_of(&self, library: &Library) -> PathBuf {
        let prefix = format!("{}-", library.name());
        std::fs::read_dir(self.directory.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                let name = Path::new(path).file_name().unwrap().to_string_lossy();
                name.starts_with(&prefix) && name.ends_with(".image")
            })
            .max()
            .expect("the dependency is an image")
    }
}

/// A library that the fixtures write letters to, to show what ran and in which order.
pub fn journal(fixture: &Fixture, linker: Linker) -> Library {
    let object = compile(
        "journal.c",
        "static char text[256]; static int length;
         void note(char letter) { text[length++] = letter; }
         const char *journal(void) { return text; }",
    );
    fixture
        .load(linker, spec("journal", &[]), vec![object])
        .unwrap()
}

/// What was written to the journal so far.
pub fn read_journal(journal: &Library) -> String {
    text(journal, "journal")
}
