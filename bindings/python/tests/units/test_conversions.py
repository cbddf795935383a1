"""conversions, literal defaults, names of parameters, the spelling of types."""

import ctypes
import unittest

import nlib
from nlib.conversions import BOOLEAN, Character, Integer, Mismatch, OutOfRange, Real
from nlib.functions import literal, promoted
from nlib.pointers import AnyPointer, PointerTo, Text
from nlib.signatures import identifiers
from nlib.spelling import declaration, spelled

INT = {"kind": "integer", "name": "int", "size": 4, "signed": True}
CHAR = Character("char", 1, True)
TEXT = Text("const char *", CHAR, True, False)


class Numbers(unittest.TestCase):
    def test_ranges(self):
        byte = Integer("unsigned char", 1, False)
        self.assertEqual([byte.take(0), byte.take(255), byte.take(True)], [0, 255, 1])
        for value in (-1, 256):
            self.assertRaises(OutOfRange, byte.take, value)
        for value in (1.0, "1", None, b"1"):
            self.assertRaises(Mismatch, byte.take, value)

    def test_instances_of_ctypes(self):
        self.assertEqual(Integer("int", 4, True).take(ctypes.c_long(7)), 7)
        self.assertEqual(Real("double", 8).take(ctypes.c_float(0.5)), 0.5)

    def test_bool(self):
        self.assertEqual([BOOLEAN.take(1), BOOLEAN.take(False)], [True, False])
        self.assertRaises(OutOfRange, BOOLEAN.take, 2)
        self.assertRaises(Mismatch, BOOLEAN.take, "")

    def test_characters(self):
        self.assertEqual(
            [CHAR.take("a"), CHAR.take(b"a"), CHAR.take(97), CHAR.take(-1)], [b"a", b"a", b"a", b"\xff"]
        )
        self.assertRaises(Mismatch, CHAR.take, "ä")
        self.assertEqual(Character("char32_t", 4, False).give(0x20AC), "€")


class Defaults(unittest.TestCase):
    def test_literals(self):
        number, real = Integer("int", 4, True), Real("float", 4)
        self.assertEqual(literal(number, "0x10u"), (16,))
        self.assertEqual(literal(number, "-3"), (-3,))
        self.assertEqual(literal(real, "-1.5f"), (-1.5,))
        self.assertEqual(literal(real, ".5"), (0.5,))
        self.assertEqual(literal(BOOLEAN, "true"), (True,))
        self.assertEqual(literal(TEXT, '"%.3f"'), ("%.3f",))
        self.assertEqual(literal(TEXT, "nullptr"), (None,))

    def test_expressions_are_none(self):
        for text in ("ImVec2(0, 0)", "sizeof(float)", "FLT_MAX", "1 + 1"):
            self.assertIsNone(literal(Real("float", 4), text))
        self.assertIsNone(literal(TEXT, r'"a\n"'))


class NumPysBool:
    """As NumPy's: it is a number, but no index."""

    def __bool__(self):
        return True

    def __float__(self):
        return 1.0


NumPysBool.__name__ = "bool"


class Variadic(unittest.TestCase):
    def test_promotion(self):
        self.assertIsInstance(promoted(-5), ctypes.c_longlong)
        self.assertIsInstance(promoted(2**64 - 1), ctypes.c_ulonglong)
        self.assertIsInstance(promoted(1.5), ctypes.c_double)
        self.assertEqual(promoted("ü").value, "ü".encode())
        self.assertEqual(promoted(ctypes.c_float(0.5)).value, 0.5)
        self.assertIsInstance(promoted(NumPysBool()), ctypes.c_int)
        self.assertRaises(OverflowError, promoted, 2**64)
        self.assertRaises(TypeError, promoted, object())


class Pointers(unittest.TestCase):
    def setUp(self):
        self.double = Real("double", 8)
        self.writes = PointerTo("double *", self.double, False, False)
        self.reads = PointerTo("const double *", self.double, True, True)

    def test_arithmetic(self):
        array = (ctypes.c_double * 3)(1, 2, 3)
        pointer = nlib.cast(ctypes.c_double, array)
        self.assertEqual((pointer[1], (pointer + 2)[0], (pointer + 2) - pointer), (2.0, 3.0, 2))
        self.assertEqual(pointer, nlib.cast(ctypes.c_double, array))
        self.assertNotEqual(pointer, pointer + 1)
        self.assertEqual(len({pointer, nlib.cast(ctypes.c_double, array)}), 1)

    def test_null(self):
        self.assertIsNone(self.writes.take(None))
        self.assertRaises(Mismatch, self.reads.take, None)
        self.assertIsNone(nlib.cast(ctypes.c_int, None))

    def test_what_is_written_is_no_copy(self):
        self.assertRaises(Mismatch, self.writes.take, [1.0])
        self.assertEqual(list(self.reads.take([1, 2])), [1.0, 2.0])

    def test_buffers(self):
        memory = bytearray(32)
        view = memoryview(memory).cast("d")
        self.writes.take(view)[1] = 2.5
        self.assertEqual(view[1], 2.5)
        self.assertRaises(Mismatch, self.writes.take, bytes(16))
        self.assertRaises(Mismatch, self.writes.take, memoryview(memory))
        self.assertRaises(Mismatch, self.writes.take, view[::2])

    def test_a_lent_buffer_is_given_back(self):
        memory = bytearray(8)
        pointer = AnyPointer("void *", False, False).take(memory)
        self.assertRaises(BufferError, memory.append, 1)
        del pointer
        memory.append(1)

    def test_text(self):
        self.assertEqual(TEXT.take("ü"), "ü".encode())
        self.assertRaises(Mismatch, TEXT.take, "a\0b")
        self.assertEqual(TEXT.give(b"\xff"), "\udcff")
        self.assertEqual(TEXT.take("\udcff"), b"\xff")
        writes = Text("char *", CHAR, False, False)
        self.assertRaises(Mismatch, writes.take, b"constant")


class Outs(unittest.TestCase):
    def test_it_gets_its_type(self):
        slot = nlib.out()
        self.assertRaises(ValueError, lambda: slot.value)
        target = PointerTo("int *", Integer("int", 4, True), False, False)
        target.take(slot)
        self.assertEqual(slot.value, 0)
        other = PointerTo("double *", Real("double", 8), False, False)
        self.assertRaises(Mismatch, other.take, slot)
        self.assertRaises(TypeError, list, slot)

    def test_many_and_first_values(self):
        target = PointerTo("int *", Integer("int", 4, True), False, False)
        many, first = nlib.out(3), nlib.inout(7)
        target.take(many)[2] = 5
        target.take(first)
        self.assertEqual((many.value, list(many), len(many), first.value), ([0, 0, 5], [0, 0, 5], 3, 7))
        self.assertRaises(ValueError, nlib.out, -1)

    def test_a_first_value_that_does_not_fit_sets_nothing(self):
        target = PointerTo("int *", Integer("int", 4, True), False, False)
        slot = nlib.inout("5")
        for _ in range(2):
            self.assertRaises(Mismatch, target.take, slot)


class Names(unittest.TestCase):
    def test_identifiers(self):
        self.assertEqual(identifiers(["from", "", "a", "a", "_n_x"]), ["from_", "argument_1", "a", "a_", "argument_4"])
        self.assertEqual(identifiers(["\ufb01", "fi", "__debug__", "self"]), ["fi", "fi_", "__debug___", "self"])

    def test_spelling(self):
        pointer = {"kind": "pointer", "to": {**INT, "const": True}, "const": True}
        self.assertEqual(spelled(pointer, "p"), "const int *const p")
        function = {
            "kind": "function",
            "result": INT,
            "parameters": [{"name": "n", "type": INT}],
            "variadic": True,
        }
        self.assertEqual(spelled({"kind": "pointer", "to": function}, "f"), "int (*f)(int n, ...)")
        self.assertEqual(spelled({"kind": "array", "of": INT, "length": 3}, "a"), "int a[3]")
        self.assertEqual(
            declaration({"name": "f", "result": {"kind": "void"}, "parameters": []}), "void f(void)"
        )
        self.assertEqual(spelled({"kind": "reference", "to": {"kind": "record", "name": "S"}}, "s"), "S &s")
