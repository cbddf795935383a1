//! The image linker: a shared object, mapped by the platform's loader.

/// The two objects nlib adds to every image, as ELF bytes.
#[derive(Debug, Clone, Copy)]
pub struct ImageObjects {
    /// First on the link line: `__dso_handle`, `atexit` and friends, and the destructor that
    /// runs what they registered.
    pub first: &'static [u8],
    /// Last on the link line: the terminator of `.eh_frame`.
    pub last: &'static [u8],
}

/// The objects that stand first and last on the link line of every image.
pub fn image_objects() -> ImageObjects {
    ImageObjects {
        first: &[],
        last: &[],
    }
}

/// The soname of the image with this content digest: `nlib-DIGEST`.
pub fn image_soname(digest_hex: &str) -> String {
    format!("nlib-{digest_hex}")
}
