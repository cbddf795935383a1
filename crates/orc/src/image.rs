//! Images: shared objects whose constructors and destructors the host runs.
//!
//! lld's result is changed before it is stored (`prepare_image` of the crate above) so that the
//! platform's loader maps and relocates it and runs nothing. What the loader would run comes out of
//! the library's descriptor. One file opened twice is one object; the table [`IMAGES`] counts the
//! handles, so that constructors and destructors run once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use crate::descriptor::{LIBRARY_DESCRIPTOR, adopt};
use crate::linked::LinkedCode;
use crate::{NativeException, OpenFailure, PlatformLibrary, StillUsed};

/// A handle to an image that is open in this process. It is closed by [`Image::close`] only.
#[derive(Debug)]
pub struct Image {
    library: Arc<PlatformLibrary>,
    code: Arc<LinkedCode>,
}

/// The images that are open, by the platform loader's record of them.
static IMAGES: Mutex<BTreeMap<usize, OpenImage>> = Mutex::new(BTreeMap::new());
/// A phase has changed.
static CHANGED: Condvar = Condvar::new();

struct OpenImage {
    code: Arc<LinkedCode>,
    handles: usize,
    phase: Phase,
}

enum Phase {
    Mapped,
    Initialising(ThreadId),
    Ready,
    Failed(NativeException),
    /// Its last handle is being closed; it must not be used again.
    Closing,
}

impl Image {
    /// Maps a file and relocates it. Nothing of it runs, but constructors of other shared objects
    /// that it brings in do.
    pub fn open(path: &Path) -> Result<Image, OpenFailure> {
        Image::open_with(|| PlatformLibrary::open(path))
    }

    /// [`Image::open`] without a file. `name` is what `/proc/self/maps` shows.
    pub fn open_bytes(name: &str, bytes: &[u8]) -> Result<Image, OpenFailure> {
        Image::open_with(|| PlatformLibrary::open_bytes(name, bytes))
    }

    fn open_with(
        open: impl Fn() -> Result<PlatformLibrary, OpenFailure>,
    ) -> Result<Image, OpenFailure> {
        let mut images = images();
        loop {
            // The lock is held, so that no handle appears or goes between this and the table.
            let library = Arc::new(open()?);
            let key = library.key();
            let Some(image) = images.get_mut(&key) else {
                let code = Arc::new(linked_code(&library)?);
                let image = OpenImage {
                    code: Arc::clone(&code),
                    handles: 1,
                    phase: Phase::Mapped,
                };
                images.insert(key, image);
                return Ok(Image { library, code });
            };
            if !matches!(image.phase, Phase::Closing) {
                image.handles += 1;
                let code = Arc::clone(&image.code);
                return Ok(Image { library, code });
            }
            drop(library);
            images = wait(images);
        }
    }

    /// Runs the constructors, unless another handle's owner has; waits if another thread does.
    /// `library` is what [`running_constructor`](crate::running_constructor) says meanwhile.
    ///
    /// When one throws, what was constructed is destroyed again; the image is then to be closed.
    pub fn run_initialisers(&self, library: &str) -> Result<(), NativeException> {
        let this = std::thread::current().id();
        let mut images = images();
        loop {
            let image = self.entry(&mut images);
            match &image.phase {
                Phase::Mapped => {
                    image.phase = Phase::Initialising(this);
                    break;
                }
                // A constructor that loads its own library finds it as far as it is.
                Phase::Initialising(thread) if *thread == this => return Ok(()),
                Phase::Ready => return Ok(()),
                Phase::Failed(exception) => return Err(exception.clone()),
                Phase::Initialising(_) | Phase::Closing => images = wait(images),
            }
        }
        drop(images);
        let ran = self.code.run_initialisers(library);
        self.entry(&mut self::images()).phase = match &ran {
            Ok(()) => Phase::Ready,
            Err(exception) => Phase::Failed(exception.clone()),
        };
        CHANGED.notify_all();
        ran
    }

    /// The shared object, for its symbols.
    pub fn library(&self) -> &Arc<PlatformLibrary> {
        &self.library
    }

    /// Why this handle must not be closed now, if so; see [`LinkedCode::still_used`]. A handle that is
    /// not the last can always be closed.
    pub fn still_used(&self) -> Option<StillUsed> {
        let last = self.entry(&mut images()).handles == 1;
        if last { self.code.still_used() } else { None }
    }

    /// Closes the handle; the last one runs the destructors and unmaps the image. No copy of
    /// [`Image::library`] may be left. Returns whether the image is gone.
    pub fn close(self) -> bool {
        let key = self.library.key();
        let mut images = images();
        let image = self.entry(&mut images);
        if image.handles > 1 {
            image.handles -= 1;
            drop(self);
            return false;
        }
        image.phase = Phase::Closing;
        drop(images);
        // The lock is not held while foreign code runs: a destructor may load or unload.
        self.code.run_finalisers();
        let mut images = self::images();
        images.remove(&key);
        let gone = Arc::into_inner(self.library).is_some_and(PlatformLibrary::close);
        CHANGED.notify_all();
        gone
    }

    fn entry<'a>(&self, images: &'a mut BTreeMap<usize, OpenImage>) -> &'a mut OpenImage {
        images
            .get_mut(&self.library.key())
            .expect("an image is in the table as long as it has a handle")
    }
}

/// Reads the descriptor of an image that has just been mapped.
fn linked_code(library: &PlatformLibrary) -> Result<LinkedCode, OpenFailure> {
    let Some(address) = library.own_symbol(LIBRARY_DESCRIPTOR) else {
        return Err(OpenFailure::Refused(format!(
            "it is not an image of this version of nlib (it has no `{LIBRARY_DESCRIPTOR}`)"
        )));
    };
    // SAFETY: the name stands for the layout and is defined by `crt.c` only; the image is in place,
    // and nothing of it has run.
    let descriptor = unsafe { adopt(address) };
    Ok(LinkedCode::new(
        descriptor.dso_handle,
        descriptor.initialisers,
        descriptor.finalisers,
        library.places(),
    ))
}

fn images() -> MutexGuard<'static, BTreeMap<usize, OpenImage>> {
    IMAGES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait(
    images: MutexGuard<'static, BTreeMap<usize, OpenImage>>,
) -> MutexGuard<'static, BTreeMap<usize, OpenImage>> {
    CHANGED.wait(images).unwrap_or_else(PoisonError::into_inner)
}
