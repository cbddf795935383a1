"""errors and requests."""

import os
import tempfile
import traceback
import unittest

import nlib
from nlib.request import Request, Source


class Errors(unittest.TestCase):
    def diagnostic(self, **changes):
        whole = nlib.Diagnostic("a.c", 2, 12, "error", "what", "-Wx", "a", "a.c")
        return whole._replace(**changes)

    def test_the_parents(self):
        parents = {
            nlib.CompileError: SyntaxError,
            nlib.SymbolError: AttributeError,
            nlib.UsageError: ValueError,
            nlib.AmbiguousError: TypeError,
            nlib.UnsupportedError: NotImplementedError,
            nlib.UnloadedError: RuntimeError,
        }
        for kind, parent in parents.items():
            self.assertTrue(issubclass(kind, parent) and issubclass(kind, nlib.Error))
            self.assertEqual((str(kind("text")), kind.__module__), ("text", "nlib"))

    def test_the_line_of_a_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
            file.write("int a;\nint ü = x + y;\n")
            file.flush()
            error = nlib.CompileError("whole", [self.diagnostic(file=file.name)])
            self.assertEqual((error.filename, error.lineno), (file.name, 2))
            self.assertEqual((error.text, error.offset), ("int ü = x + y;\n", 11))
            self.assertEqual(str(error), "whole")

    def test_the_line_of_a_text(self):
        error = nlib.CompileError("whole", [self.diagnostic(line=1, column=5)], texts={"a.c": "int x y;"})
        shown = "".join(traceback.format_exception_only(type(error), error))
        self.assertIn("    int x y;\n        ^", shown)

    def test_a_file_that_is_gone(self):
        error = nlib.CompileError("whole", [self.diagnostic(file="/nowhere.c")])
        self.assertEqual((error.text, error.lineno), ("", 2))
        traceback.format_exception_only(type(error), error)

    def test_diagnostics_as_text(self):
        self.assertEqual(str(self.diagnostic()), "a.c:2:12: error: what [-Wx]")
        self.assertEqual(str(self.diagnostic(file="", option="")), "error: what")


class Requests(unittest.TestCase):
    def test_exactly_one_thing(self):
        for arguments in ({}, {"library": "a", "code": "b"}, {"code": "a", "manifest_text": "{}"}):
            self.assertRaises(TypeError, Request, **arguments)
        self.assertRaises(ValueError, Source)
        self.assertRaises(ValueError, Source, "a.c", code="int a;")

    def test_lists_are_no_texts(self):
        for name in ("flags", "include_dirs", "with_", "features", "system_libraries", "overlays", "defines"):
            self.assertRaises(TypeError, Request, "a.c", **{name: "-O3"})

    def test_values(self):
        made = Request("a.c", defines={"A": None, "B": 1, "C": True, "D": "x"}, linker="jit").structure
        pairs = [(made.defines[i].name, made.defines[i].value) for i in range(made.define_count)]
        self.assertEqual(pairs, [(b"A", None), (b"B", b"1"), (b"C", b"1"), (b"D", b"x")])
        self.assertEqual(made.linker, 1)
        self.assertRaises(ValueError, Request, "a.c", linker="gold")

    def test_sources(self):
        made = Request([os.fspath("a.c"), Source(code="int b;", name="b.c")])
        self.assertEqual(made.structure.source_count, 2)
        self.assertEqual((made.structure.sources[0].path, made.structure.sources[1].size), (b"a.c", 6))
        self.assertEqual(made.texts, {"b.c": "int b;"})

    def test_host_symbols(self):
        callback = nlib.callback(lambda: None, None)
        made = Request("a.c", host_symbols={"f": callback, "g": 4096}).structure
        addresses = [made.host_symbols[i].address for i in range(2)]
        self.assertEqual(addresses, [callback.address, 4096])
        self.assertRaises(TypeError, Request, "a.c", host_symbols={"f": print})
