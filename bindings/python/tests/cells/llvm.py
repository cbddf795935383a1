"""Another LLVM in the process: llvmlite's, which compiles before, between and after what nlib loads."""

from __future__ import annotations

import ctypes
from typing import Any

import llvmlite.binding as llvm
import nlib

from .expect import equal, fixture, raises


def llvmlite() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    theirs = _Engine()
    equal(theirs.compiled("before", "add")(40, 2), 42)
    # What one LLVM links, the other one calls; both throw away what they have made.
    kit = nlib.code(
        "#include <stdexcept>\n"
        "int tenfold(int n) { return 10 * n; }\n"
        "int apply(int (*function)(int, int), int a, int b) { return function(a, b); }\n"
        'int failing(int n) { if (n) throw std::runtime_error("thrown"); return 0; }\n',
        language="c++",
    )
    equal(kit.apply(theirs.compiled("between", "mul"), 6, 7), 42)
    raises(nlib.CxxError, lambda: kit.failing(1), "thrown")
    raises(nlib.CompileError, lambda: nlib.code("strange line"), "strange")
    equal(theirs.compiled("again", "sub")(50, 8), 42)
    kit.unload()
    equal(theirs.compiled("after", "add")(1, 2), 3)
    with nlib.load(fixture("kit.c")) as again:
        equal(again.kit_add(1, 2), 3)


class _Engine:
    """llvmlite's MCJIT with functions of two numbers."""

    def __init__(self) -> None:
        machine = llvm.Target.from_default_triple().create_target_machine()
        self.engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)

    def compiled(self, name: str, operation: str) -> Any:
        text = f"define i32 @{name}(i32 %a, i32 %b) {{\n %r = {operation} i32 %a, %b\n ret i32 %r\n}}"
        self.engine.add_module(llvm.parse_assembly(text))
        self.engine.finalize_object()
        address = self.engine.get_function_address(name)
        return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int)(address)
