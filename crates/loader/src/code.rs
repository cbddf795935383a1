//! A library's code as its linker left it: its way into use and out of memory, the same for both.

use nlib_orc::{Dylib, Image, LinkedCode, StillUsed};

use crate::LinkError;
use crate::error::UnloadRefusal;

/// Code in memory. Dropping it does not run destructors.
pub(crate) enum Code {
    /// In memory of the ORC session.
    Jit {
        dylib: Dylib,
        linked: LinkedCode,
        /// The names of its objects, in the order of the link.
        units: Vec<String>,
        /// What the host granted to it.
        granted: Option<Dylib>,
    },
    /// In a shared object; `publication` shows its symbols to jit libraries.
    Image { publication: Dylib, image: Image },
}

impl Code {
    /// Runs the constructors. When one throws, the code goes out of memory again, unless threads that
    /// a constructor started still need it.
    pub(crate) fn start(self, library: &str) -> Result<Code, LinkError> {
        if self.is_program() {
            nlib_orc::begin_program();
        }
        let started = match &self {
            Code::Jit { linked, .. } => linked.run_initialisers(library),
            Code::Image { image, .. } => image.run_initialisers(library),
        };
        let Err(exception) = started else {
            return Ok(self);
        };
        let taken_out = match self.unload_refusal() {
            None => {
                // The exception is what the caller must know of.
                let _ = self.release();
                true
            }
            Some(_) => {
                std::mem::forget(self);
                false
            }
        };
        Err(LinkError::Constructor {
            library: library.to_owned(),
            exception: exception.description,
            taken_out,
        })
    }

    fn is_program(&self) -> bool {
        const MAIN: &str = "main";
        match self {
            Code::Jit { dylib, .. } => matches!(dylib.address(MAIN), Ok(Some(_))),
            Code::Image { image, .. } => image.library().own_symbol(MAIN).is_some(),
        }
    }

    /// Why the code must stay in memory now, if so.
    pub(crate) fn unload_refusal(&self) -> Option<UnloadRefusal> {
        let used = match self {
            Code::Jit { linked, .. } => linked.still_used(),
            Code::Image { image, .. } => image.still_used(),
        };
        used.map(|used| match used {
            StillUsed::Threads(names) => UnloadRefusal::Threads { names },
            StillUsed::ThreadLocals(threads) => UnloadRefusal::ThreadLocals { threads },
        })
    }

    /// Runs the destructors, unless they have run, and releases the memory. The error is the
    /// system's reason.
    pub(crate) fn release(self) -> Result<(), String> {
        match self {
            Code::Jit {
                dylib,
                linked,
                granted,
                ..
            } => {
                linked.run_finalisers();
                let removed = dylib.remove().map_err(|error| error.to_string());
                drop(granted);
                removed
            }
            Code::Image { publication, image } => {
                // It holds the shared object, which the last handle closes.
                let removed = publication.remove().map_err(|error| error.to_string());
                image.close();
                removed
            }
        }
    }
}
