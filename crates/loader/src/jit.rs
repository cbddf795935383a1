//! The jit linker: relocatable objects, linked with JITLink into memory of this process.

use std::sync::Arc;

use nlib_orc::{CRT_OBJECT, Dylib, Object};

use crate::check::check_against;
use crate::code::Code;
use crate::loader::LoaderShared;
use crate::substitute::{give_way, share_vague_definitions};
use crate::{Library, LibrarySpec, LinkError, ObjectFile, is_in_process, library_obstacles};

/// Links objects and runs their constructors. On an error, everything is taken out again.
pub(crate) fn link(
    loader: &Arc<LoaderShared>,
    spec: LibrarySpec,
    mut objects: Vec<ObjectFile>,
) -> Result<Library, LinkError> {
    if let Some(obstacle) = library_obstacles(&objects)?.into_iter().next() {
        return Err(LinkError::JitObstacle {
            library: spec.name,
            obstacle,
        });
    }
    let system = loader.open_system_libraries(&spec.system_libraries)?;
    let open: Vec<_> = system.iter().map(|s| Arc::clone(&s.library)).collect();
    give_way(&mut objects, |symbol| spec.overlays(symbol))?;
    check_against(&spec.name, &objects, |symbol| spec.supplies(symbol), &open)?;
    share_vague_definitions(&mut objects, |symbol| spec.shares(symbol))?;

    let granted = granted_symbols(loader, &spec);
    // A sanitizer's allocator replaces that of the system's libraries, as it does for images.
    let sanitizer = is_in_process("__asan_init").then_some(&loader.process);
    let link_order: Vec<&Dylib> = spec
        .overlays
        .iter()
        .map(Library::dylib)
        .chain(&granted)
        .chain(spec.dependencies.iter().map(Library::dylib))
        .chain(spec.indirect_dependencies.iter().map(Library::dylib))
        .chain(sanitizer)
        .chain(system.iter().map(|library| &library.dylib))
        .chain([&loader.process])
        .collect();
    let mut dylib = loader.session.create_dylib(&spec.name, &link_order);
    let objects = with_crt(objects);
    let units = objects.iter().map(|object| object.name.clone()).collect();
    let linked = dylib.link(objects).map_err(|failure| LinkError::Jit {
        library: spec.name.clone(),
        message: failure.to_string(),
    })?;
    if let Some(perf) = &loader.perf {
        perf.record(&dylib);
    }
    let code = Code::Jit {
        dylib,
        linked,
        units,
        granted,
    };
    let code = code.start(&spec.name)?;
    // Linked against the overlays as against the dependencies: neither may go before it.
    let dependencies = [spec.dependencies, spec.overlays].concat();
    Ok(Library::new(spec.name, code, dependencies, loader))
}

/// The host's symbols for this library, as a dylib that no other library searches.
fn granted_symbols(loader: &LoaderShared, spec: &LibrarySpec) -> Option<Dylib> {
    if spec.host_symbols.is_empty() {
        return None;
    }
    let symbols = spec.host_symbols.clone();
    let find = move |name: &str| {
        let granted = symbols.iter().find(|symbol| symbol.name() == name)?;
        Some(granted.address())
    };
    let name = format!("granted to {}", spec.name);
    Some(loader.session.create_generated_dylib(&name, Box::new(find)))
}

fn with_crt(objects: Vec<ObjectFile>) -> Vec<Object> {
    let crt = Object {
        name: "nlib crt".to_owned(),
        bytes: CRT_OBJECT.to_vec(),
    };
    let objects = objects.into_iter().map(|object| Object {
        name: object.name,
        bytes: object.bytes,
    });
    std::iter::once(crt).chain(objects).collect()
}
