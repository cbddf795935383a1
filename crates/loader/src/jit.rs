//! The jit linker: relocatable objects, linked with JITLink into memory of this process.

use std::sync::Arc;

use nlib_orc::{CRT_OBJECT, Dylib, Object};

use crate::check::check_against;
use crate::library::Code;
use crate::loader::LoaderShared;
use crate::{Library, LibrarySpec, LinkError, ObjectFile, library_obstacles};

/// Links objects and runs their constructors. On an error, dropping the dylib takes everything
/// out again.
pub(crate) fn link(
    loader: &Arc<LoaderShared>,
    spec: LibrarySpec,
    objects: Vec<ObjectFile>,
) -> Result<Library, LinkError> {
    if let Some(obstacle) = library_obstacles(&objects)?.into_iter().next() {
        return Err(LinkError::JitObstacle {
            library: spec.name,
            obstacle,
        });
    }
    let system = loader.open_system_libraries(&spec.system_libraries)?;
    let open: Vec<_> = system.iter().map(|s| Arc::clone(&s.library)).collect();
    check_against(&spec, &objects, &open)?;

    let link_order: Vec<&Dylib> = spec
        .dependencies
        .iter()
        .map(Library::dylib)
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
    linked
        .run_initialisers()
        .map_err(|exception| LinkError::Constructor {
            library: spec.name.clone(),
            exception: exception.description,
        })?;
    let code = Code::Jit {
        dylib,
        linked,
        units,
    };
    Ok(Library::new(spec.name, code, spec.dependencies, loader))
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
