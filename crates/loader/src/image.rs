//! The image linker: a shared object, mapped by the platform's loader.
//!
//! The linking itself happens elsewhere (lld, in the compiler's process); here are the objects it
//! must add, the name it must give, and the loading of its result. An image is linked
//!
//! ```text
//! -shared -Bsymbolic -z now --hash-style=gnu -z pack-relative-relocs --eh-frame-hdr
//! --gc-sections -z nostart-stop-gc --build-id=sha1 DEPENDENCIES --as-needed LIBRARIES
//! ```
//!
//! with [`image_soname`] as soname, [`image_objects`] around its objects, and
//! [`always_linked`](crate::always_linked) last among its libraries. `-z pack-relative-relocs`, not
//! `--pack-dyn-relocs=relr`: glibc refuses packed relocations without the version reference that
//! only the former adds. `-z nostart-stop-gc`, because sets of sections are walked by name.
//!
//! The result goes through [`prepare_image`](crate::prepare_image), so that constructors and
//! destructors are run here and not by the platform's loader.

use std::sync::Arc;

use nlib_orc::{
    EH_FRAME_END_OBJECT, IMAGE_CRT_OBJECT, Image, LIBRARY_DESCRIPTOR, OpenFailure, PlatformLibrary,
};

use crate::code::Code;
use crate::loader::LoaderShared;
use crate::system::is_searched;
use crate::{ImageFile, Library, LibrarySpec, LinkError, Linker, SystemLibrary};

/// The two objects nlib adds to every image, as ELF bytes.
#[derive(Debug, Clone, Copy)]
pub struct ImageObjects {
    /// First on the link line: `__dso_handle`, `atexit` and friends, the destructor that runs
    /// what they registered, and the descriptor by which the host finds constructors and destructors.
    pub first: &'static [u8],
    /// Last on the link line: the terminator of `.eh_frame`.
    pub last: &'static [u8],
}

/// The objects that stand first and last on the link line of every image.
pub fn image_objects() -> ImageObjects {
    ImageObjects {
        first: IMAGE_CRT_OBJECT,
        last: EH_FRAME_END_OBJECT,
    }
}

/// The soname of the image with this content digest: `nlib-DIGEST`. Dependents name it in
/// `DT_NEEDED`, and the loader finds it among what is loaded.
pub fn image_soname(digest_hex: &str) -> String {
    format!("nlib-{digest_hex}")
}

/// Opens an image, publishes its symbols to the ORC session, and runs its constructors.
pub(crate) fn link(
    loader: &Arc<LoaderShared>,
    spec: LibrarySpec,
    image: ImageFile,
) -> Result<Library, LinkError> {
    for dependency in &spec.dependencies {
        if dependency.linker() != Linker::Image {
            return Err(LinkError::DependencyNotImage {
                library: spec.name,
                dependency: dependency.name().to_owned(),
                linker: dependency.linker(),
            });
        }
    }
    // The platform's loader finds by name what lies where it does not search, once it is open.
    let unsearched: Vec<SystemLibrary> = spec
        .system_libraries
        .iter()
        .filter(|library| !is_searched(&library.path))
        .cloned()
        .collect();
    loader.open_system_libraries(&unsearched)?;
    let opened = match &image {
        // A bare file name would be searched for in the system's directories.
        ImageFile::Path(path) => match std::path::absolute(path) {
            Ok(path) => Image::open(&path),
            Err(source) => Err(OpenFailure::Io {
                path: path.clone(),
                source,
            }),
        },
        ImageFile::Bytes(bytes) => Image::open_bytes(&spec.name, bytes),
    };
    let image = opened.map_err(|failure| LinkError::Platform {
        library: spec.name.clone(),
        message: failure.to_string(),
    })?;

    let lookup = Arc::clone(image.library());
    let publication = loader.session.create_generated_dylib(
        &spec.name,
        Box::new(move |symbol: &str| published_symbol(&lookup, symbol)),
    );
    let code = Code::Image { publication, image };
    let code = code.start(&spec.name)?;
    Ok(Library::new(spec.name, code, spec.dependencies, loader))
}

/// The address of a symbol that an image publishes. nlib's own is not for others.
pub(crate) fn published_symbol(image: &PlatformLibrary, symbol: &str) -> Option<usize> {
    (symbol != LIBRARY_DESCRIPTOR)
        .then(|| image.own_symbol(symbol))
        .flatten()
}
