"""layout: fields lie where the compiler put them, whatever ctypes would do by itself."""

import ctypes
import unittest

from nlib.layout import Place, layout


def made(found, union=False):
    parent = ctypes.Union if union else ctypes.Structure
    return type("Made", (parent,), {"_fields_": found.fields})


class Layouts(unittest.TestCase):
    def check(self, places, size, alignment, natural, block, union=False):
        found = layout(places, size, alignment, union)
        self.assertEqual((found.natural, found.block), (natural, block))
        kind = made(found, union)
        self.assertEqual(ctypes.sizeof(kind), size)
        if not block:
            self.assertEqual(ctypes.alignment(kind), alignment)
            for place in places:
                self.assertEqual(getattr(kind, place.name).offset, place.offset)

    def test_what_ctypes_does_too(self):
        self.check([Place("a", ctypes.c_char, 0), Place("b", ctypes.c_double, 8)], 16, 8, True, False)

    def test_order_of_declaration_does_not_matter(self):
        self.check([Place("b", ctypes.c_int, 4), Place("a", ctypes.c_int, 0)], 8, 4, True, False)

    def test_a_gap_of_bit_fields_is_filled(self):
        self.check([Place("a", ctypes.c_uint8, 0), Place("b", ctypes.c_int16, 4)], 8, 4, False, True)
        self.check([Place("a", ctypes.c_uint8, 0), Place("b", ctypes.c_int32, 8)], 12, 4, False, False)

    def test_a_tail_of_bit_fields_is_filled(self):
        self.check([Place("a", ctypes.c_double, 0)], 16, 8, False, False)

    def test_only_bit_fields(self):
        self.check([], 4, 4, False, False)
        self.check([], 1, 1, False, False)

    def test_packed(self):
        self.check([Place("a", ctypes.c_char, 0), Place("b", ctypes.c_int, 1)], 5, 1, False, True)

    def test_overlapping(self):
        self.check([Place("a", ctypes.c_double * 2, 0), Place("b", ctypes.c_int, 12)], 16, 8, False, True)

    def test_union(self):
        places = [Place("a", ctypes.c_int, 0), Place("b", ctypes.c_char * 6, 0)]
        self.check(places, 8, 4, True, False, union=True)
        self.check(places, 16, 16, False, True, union=True)
