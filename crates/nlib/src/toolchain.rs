//! Which compiler this is, by content.
//!
//! Asking costs starting a worker, so the answer is kept in the cache: the worker's files by name.
//! Their digests are taken anew each time (a stat each, while they are unchanged), and a worker
//! that is not the one asked is asked again.

use std::path::Path;

use nlib_cache::{Digest, FieldHasher};
use nlib_compile::{Compiler, ToolchainReport};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::runtime_libraries::compiler_builtins;
use crate::session::Inner;

/// The compiler: what it calls itself, and the digest of what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    /// Digest over the contents of the compiler's files.
    pub digest: Digest,
    /// What the worker says of itself.
    pub report: ToolchainReport,
}

/// What is kept: the report of the worker with this content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Remembered {
    worker: Digest,
    report: ToolchainReport,
}

impl Inner {
    /// The compiler, asked only if it is not the one known.
    pub(crate) fn toolchain(&self) -> Result<Toolchain, Error> {
        let worker = &self.settings.worker;
        if let Some(toolchain) = self.recall(worker) {
            return Ok(toolchain);
        }
        let report = self.compiler.report();
        let report = report.map_err(|fault| self.settings.toolchain_fault(fault))?;
        let digest = self.digest_of(&report).map_err(|source| Error::Io {
            what: "reading the compiler's own files".to_string(),
            source,
        })?;
        self.remember(worker, &report);
        Ok(Toolchain { digest, report })
    }

    fn recall(&self, worker: &Path) -> Option<Toolchain> {
        let known = self.toolchain_memo().clone();
        let remembered = match known {
            Some(remembered) => remembered,
            None => serde_json::from_slice(&self.cache.note(&note_key(worker)).ok()?).ok()?,
        };
        if self.cache.file_digest(worker).ok()? != remembered.worker {
            return None;
        }
        let digest = self.digest_of(&remembered.report).ok()?;
        let report = remembered.report.clone();
        *self.toolchain_memo() = Some(remembered);
        Some(Toolchain { digest, report })
    }

    fn remember(&self, worker: &Path, report: &ToolchainReport) {
        let Ok(digest) = self.cache.file_digest(worker) else {
            return; // the worker just answered; should it be gone now, the next one is asked
        };
        let remembered = Remembered {
            worker: digest,
            report: report.clone(),
        };
        if let Ok(bytes) = serde_json::to_vec(&remembered) {
            // A fault costs the next session a question.
            let _ = self.cache.keep_note(&note_key(worker), &bytes);
        }
        *self.toolchain_memo() = Some(remembered);
    }

    fn digest_of(&self, report: &ToolchainReport) -> std::io::Result<Digest> {
        let mut hasher = FieldHasher::new("nlib compiler");
        for path in &report.files {
            hasher = hasher.field("file", self.cache.file_digest(path)?.as_bytes());
        }
        // It need not be installed, and may be later.
        if let Ok(builtins) = self.cache.file_digest(&compiler_builtins(report)) {
            hasher = hasher.field("builtins", builtins.as_bytes());
        }
        Ok(hasher.finish())
    }
}

/// The note of a worker program lies under its path.
fn note_key(worker: &Path) -> Digest {
    FieldHasher::new("nlib toolchain")
        .field("worker", worker.as_os_str().as_encoded_bytes())
        .finish()
}
