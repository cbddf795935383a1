//! Small facts from LLVM: demangled names, and the CPU of this machine.

use std::ffi::c_void;
use std::ptr::from_mut;

use crate::constructor::crash_signals;
use crate::ffi;

/// The name behind a mangled one (Itanium C++, Rust, D, Microsoft); `None` when it is not mangled.
pub fn demangle(name: &str) -> Option<String> {
    let mut text = String::new();
    // SAFETY: `name` is valid for its length; the sink gets the `String` it expects, which nothing
    // else refers to during the call.
    let mangled = unsafe {
        ffi::nlib_demangle(
            name.as_ptr().cast(),
            name.len(),
            from_mut(&mut text).cast::<c_void>(),
            ffi::append_to_string,
        )
    };
    (mangled != 0).then_some(text)
}

/// A CPU as LLVM names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCpu {
    /// For clang's `-target-cpu`, e.g. `skylake`.
    pub name: String,
    /// Sorted, for clang's `-target-feature`, e.g. `+avx2,-avx512f`.
    pub features: String,
}

/// The CPU this process runs on, features as the operating system permits them.
pub fn host_cpu() -> HostCpu {
    extern "C" fn name(context: *mut c_void, text: *const std::ffi::c_char, length: usize) {
        // SAFETY: the context is the `HostCpu` below.
        let cpu = unsafe { &mut *context.cast::<HostCpu>() };
        ffi::append_to_string(from_mut(&mut cpu.name).cast(), text, length);
    }
    extern "C" fn features(context: *mut c_void, text: *const std::ffi::c_char, length: usize) {
        // SAFETY: the context is the `HostCpu` below.
        let cpu = unsafe { &mut *context.cast::<HostCpu>() };
        ffi::append_to_string(from_mut(&mut cpu.features).cast(), text, length);
    }
    let mut cpu = HostCpu {
        name: String::new(),
        features: String::new(),
    };
    // SAFETY: both sinks take the `HostCpu` that is passed as context and that nothing else
    // refers to during the call.
    unsafe { ffi::nlib_host_cpu(from_mut(&mut cpu).cast(), name, features) };
    cpu
}

/// Gives the signals that Rust's runtime handles or ignores, and those that
/// [`report_crashing_constructors`](crate::report_crashing_constructors) took, back to the system's
/// defaults: a program in a pipeline is ended by SIGPIPE, and one that crashes ends by its own signal.
pub fn reset_signal_handlers() {
    for signal in [libc::SIGPIPE].into_iter().chain(crash_signals()) {
        // SAFETY: the default action is always valid.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mangled_names_are_demangled_and_others_are_not() {
        assert_eq!(demangle("_ZN5ImGui3EndEv").as_deref(), Some("ImGui::End()"));
        assert_eq!(demangle("ecs_init"), None);
        assert_eq!(demangle(""), None);
    }

    #[test]
    fn the_host_cpu_has_a_name_and_sorted_features() {
        let cpu = host_cpu();
        assert!(!cpu.name.is_empty());
        let names: Vec<_> = cpu.features.split(',').map(|f| &f[1..]).collect();
        assert!(names.is_sorted(), "{}", cpu.features);
    }
}
