"""enums: what is a set of flags, and what a value gives."""

import enum
import unittest

from nlib.conversions import Integer, Mismatch, OutOfRange
from nlib.enums import Enumeration, are_flags

INT = Integer("int", 4, True)


def enumeration(name, **values):
    return Enumeration(name, INT, list(values.items()), "unit", "")


class Flags(unittest.TestCase):
    def test_single_bits_are_flags(self):
        self.assertTrue(are_flags("style", [1, 2, 4]))
        self.assertTrue(are_flags("style", [0, 1, 2, 4, 7]))

    def test_counting_is_not(self):
        for values in ([0, 1, 2], [1, 2, 3, 4], [0, 1], [1, 2, 40], [-1, 1, 2, 4], [1, 2, 4, 9], []):
            self.assertFalse(are_flags("style", values), values)

    def test_the_name_decides_for_few(self):
        self.assertTrue(are_flags("WindowFlags", [0, 1, 2]))
        self.assertFalse(are_flags("WindowFlags", [3, 5]))


class Values(unittest.TestCase):
    def test_members(self):
        color = enumeration("color", RED=1, GREEN=2, BLUE=40)
        self.assertTrue(issubclass(color.cls, enum.IntEnum))
        self.assertIs(color.give(40), color.cls.BLUE)
        self.assertEqual(color.give(41), 41)
        self.assertEqual([color.take(value) for value in ("GREEN", 2, color.cls.GREEN)], [2, 2, 2])
        self.assertRaises(Mismatch, color.take, "PINK")
        self.assertRaises(Mismatch, color.take, 1.5)
        self.assertRaises(OutOfRange, color.take, 2**31)

    def test_flags_combine(self):
        flags = enumeration("flags", A=1, B=2, C=4)
        self.assertTrue(issubclass(flags.cls, enum.IntFlag))
        self.assertEqual(flags.give(5), flags.cls.A | flags.cls.C)

    def test_qualified_and_reserved_names(self):
        shape = Enumeration("kit::Shape", INT, [("kit::Shape::Round", 1), ("kit::Shape::mro", 2)], "unit", "")
        self.assertEqual((shape.take("Round"), shape.take("kit::Shape::Round")), (1, 1))
        self.assertEqual(shape.cls.__name__, "Shape")
        self.assertEqual(shape.give(2), 2)

        level = enumeration("level", _LOW_=1, __MID__=2, HIGH=8)
        self.assertEqual([level.take(name) for name in ("_LOW_", "_LOW__", "__MID__")], [1, 1, 2])
        self.assertEqual((level.give(2).value, level.give(8).name), (2, "HIGH"))
        self.assertTrue(issubclass(level.cls, enum.IntFlag))

    def test_names_for_one_value(self):
        alias = enumeration("alias", FIRST=3, AGAIN=3)
        self.assertEqual(alias.give(3).name, "FIRST")
        self.assertEqual(alias.take("AGAIN"), 3)
