//! LuaJIT: what `ffi.cdef` takes.
//!
//! Blocks stand apart by an empty line. A reader that cannot take one of them, because the process has
//! another type of that name already, can go on with the next.

use super::c::{C, Dialect};
use crate::model::Interface;

pub(super) fn emit(interface: &Interface) -> String {
    let mut c = C::new(interface, Dialect::LuaJit);
    let types = c.types();
    let sections = [types, c.constants(), c.variables(), c.functions()];
    let head = format!(
        "/* {} for LuaJIT's ffi.cdef. Made by nlib. */\n",
        interface.library
    );
    let mut blocks = vec![head];
    blocks.extend(sections.into_iter().flatten());
    blocks.join("\n")
}
