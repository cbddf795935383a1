//! The compiler's own functions that are in no shared library.
//!
//! Code that clang generates may call functions that its source does not name: 128-bit products that
//! are checked for overflow, conversions of `__bf16`, the table behind `__builtin_cpu_supports`. Most are
//! offered by `libgcc_s.so.1`, which every library is linked against. The rest is in static archives
//! only, and a copy of it goes into each library that refers to it, as clang's driver does with
//! `libgcc.a`; here the archive is that of clang itself, compiler-rt's `builtins`.
//!
//! Which functions these are is a list and not a question to the process, so that equal inputs give equal
//! images: the names that compiler-rt 22 defines, that clang emits references to, and that
//! libgcc_s of GCC 12 has no default version of.

use nlib_loader::{Archive, LinkInput, Take, refers_to};

use crate::error::Error;
use crate::runtime_libraries::compiler_builtins;
use crate::session::Inner;

const NAMES: &[&[u8]] = &[
    // x86-64: `__builtin_cpu_supports`, `__builtin_cpu_is`, `target_clones`
    b"__cpu_model",
    b"__cpu_features2",
    b"__cpu_indicator_init",
    // AArch64: the same
    b"__init_cpu_features",
    b"__init_cpu_features_resolver",
    // `__builtin_mul_overflow` where the machine has no instruction
    b"__mulosi4",
    b"__mulodi4",
    b"__muloti4",
    // `__bf16`, and `_Float16` as older compilers name it
    b"__extendbfsf2",
    b"__truncsfbf2",
    b"__truncdfbf2",
    b"__truncxfbf2",
    b"__trunctfbf2",
    b"__gnu_f2h_ieee",
    b"__gnu_h2f_ieee",
];

/// AArch64: atomics that choose their instruction when they run (`-moutline-atomics`, the default).
const OUTLINE_ATOMICS: &[u8] = b"__aarch64_";

fn is_builtin(symbol: &[u8]) -> bool {
    symbol.starts_with(OUTLINE_ATOMICS) || NAMES.contains(&symbol)
}

impl Inner {
    /// The archive, if anything refers to it. Its content is a part of the toolchain's digest.
    pub(crate) fn compiler_builtins(
        &self,
        inputs: &[LinkInput],
    ) -> Result<Option<LinkInput>, Error> {
        let refers = refers_to(inputs, is_builtin).map_err(|error| self.link_error(error))?;
        if !refers {
            return Ok(None);
        }
        let path = compiler_builtins(&self.toolchain()?.report);
        Ok(match std::fs::read(&path) {
            Ok(bytes) => Some(LinkInput::Archive(Archive {
                name: path.display().to_string(),
                bytes,
                take: Take::Only(is_builtin),
            })),
            // The symbol may be the library's own; if not, the linker names it.
            Err(_) => None,
        })
    }
}
