//! What the linker is told about libnlib.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The number changes when programs have to be compiled anew.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libnlib.so.1");
    // Threads of nlib's and destructors of loaded libraries run its code until the process ends.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
