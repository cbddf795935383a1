//! lld, in memory but for the files that it is pointed to.

use crate::ffi::{self, NlibString};

/// Why a link failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{messages}")]
pub struct LinkFailure {
    /// lld's messages.
    pub messages: String,
    /// lld's state is damaged: this process must not link again.
    pub process_spoiled: bool,
}

/// Runs lld's ELF driver with `arguments` (without the program's name) on the calling thread.
///
/// # Errors
/// lld's messages when it fails.
pub fn link_elf(arguments: &[String]) -> Result<(), LinkFailure> {
    let borrowed: Vec<NlibString> = arguments
        .iter()
        .map(|text| NlibString::borrow(text.as_bytes()))
        .collect();
    let mut messages = Vec::<u8>::new();
    // SAFETY: the arguments and `messages` live until the call returns, and the shim keeps neither.
    let status = unsafe {
        ffi::nlib_lld_link(
            borrowed.as_ptr(),
            borrowed.len(),
            (&raw mut messages).cast(),
            ffi::collect,
        )
    };
    if status == 0 {
        return Ok(());
    }
    Err(LinkFailure {
        messages: String::from_utf8_lossy(&messages).trim_end().to_string(),
        process_spoiled: status == 2,
    })
}
