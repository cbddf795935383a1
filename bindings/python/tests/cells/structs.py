"""Structures by value and by pointer, with everything that may be in one."""

from __future__ import annotations

import copy
import ctypes
import pickle

import nlib

from . import clashes, memory
from .expect import equal, fixture, raises, true


def struct() -> None:
    kit = nlib.load(fixture("kit.c"))
    _points(kit)
    _packet(kit)
    _opaque(kit)
    _odd_layouts()
    _wide()
    memory.texts()
    memory.unions()
    memory.inout()
    memory.arrays()
    clashes.fields()


def _points(kit: nlib.Library) -> None:
    middle = kit.kit_mid(kit.kit_point(0, 2), kit.kit_point(x=4, y=4))
    equal((middle.x, middle.y), (2.0, 3.0))
    equal(middle, kit.kit_point(2, 3))
    equal(kit.kit_mid((1, 1), {"x": 3, "y": 5}), kit.kit_point(2, 3))
    equal(repr(middle), "kit_point(x=2.0, y=3.0)")
    kit.kit_move(middle, 1, -1)
    equal((middle.x, middle.y), (3.0, 2.0))
    points = nlib.array(kit.kit_point, [(1, 2), (3, 4)])
    kit.kit_move(ctypes.byref(points[1]), 10, 10)
    equal(points[1], kit.kit_point(13, 14))
    other = copy.copy(middle)
    other.x = 7
    equal((middle.x, other.x), (3.0, 7.0))
    deep = copy.deepcopy({"point": other})["point"]
    deep.x = 8
    equal((deep.x, deep.y, other.x), (8.0, other.y, 7.0))
    raises(TypeError, lambda: pickle.dumps(other), "kit_point", "pickled")
    raises(TypeError, lambda: kit.kit_point(z=1), "kit_point", "`z`")
    raises(TypeError, lambda: kit.kit_point(1, 2, 3), "at most 2")
    raises(TypeError, lambda: kit.kit_point(x="far"), "kit_point.x", "far")
    raises(AttributeError, lambda: middle.z, "kit_point", "`z`")
    raises(AttributeError, lambda: setattr(middle, "z", 1))


def _packet(kit: nlib.Library) -> None:
    packet = kit.kit_packet()
    kit.kit_fill(packet)
    equal((packet.tag, packet.low, packet.high), (7, 5, 4097))
    equal(list(packet.samples), [1, -2, 3, -4])
    equal(packet.corner, kit.kit_point(0.5, 1.5))
    equal(packet.number, 42)
    equal((packet.style.color, packet.style.label), (kit.KIT_BLUE, "edge"))
    equal(kit.kit_packet_sum(packet), 7 + 5 + 4097 + 42 - 2 + 2 + 40.0)
    equal((ctypes.sizeof(kit.kit_packet), kit.kit_packet.samples.offset), (56, 4))
    equal(kit.kit_packet.high.bits, (11, 13))

    packet.low, packet.high = 7, 0
    equal((packet.tag, packet.low, packet.high), (7, 7, 0))
    raises(OverflowError, lambda: setattr(packet, "low", 8), "kit_packet.low", "3 bits")
    raises(OverflowError, lambda: setattr(packet, "tag", 256), "kit_packet.tag")
    packet.samples = [5, 6, 7, 8]
    packet.samples[3] = 9
    equal(list(packet.samples), [5, 6, 7, 9])
    raises(TypeError, lambda: setattr(packet, "samples", range(5)), "4 values")
    raises(TypeError, lambda: setattr(packet, "samples", [1, 2, 3, 4, 5]), "4 values", "not 5")
    packet.real = 1.0
    equal(packet.number, 0x3F800000)
    packet.corner = (3, 4)
    packet.corner.x += 1
    equal((packet.corner.x, packet.corner.y), (4.0, 4.0))
    packet.style.label = "grün"
    packet.style.color = "KIT_RED"
    equal((packet.style.label, packet.style.color), ("grün", kit.KIT_RED))

    made = kit.kit_packet(tag=1, high=2, samples=(1, 1, 1, 1), number=3, style={"color": 2, "label": "x"})
    equal(kit.kit_packet_sum(made), 1 + 2 + 4 + 3 + 2.0)
    slot = nlib.out()
    kit.kit_fill(slot)
    equal((slot.value.tag, slot.value.high), (7, 4097))


def _opaque(kit: nlib.Library) -> None:
    counter = kit.kit_counter_new(5)
    equal([kit.kit_counter_next(counter) for _ in range(3)], [5, 6, 7])
    equal(counter, nlib.cast(kit.kit_counter, nlib.address(counter)))
    raises(TypeError, kit.kit_counter, "opaque")
    raises(TypeError, lambda: kit.kit_counter_next(kit.kit_point()), "kit_counter", "kit_point")
    kit.kit_counter_free(counter)


WIDE = """
#include <stddef.h>
struct wide { wchar_t text[4]; wchar_t last; };
void euro(struct wide *w) { w->text[0] = w->last = 0x20ac; }
int units(const wchar_t *text) { int n = 0; while (text[n]) n++; return n; }
const wchar_t *word(void) { return L"gr\\u00fc\\u00df"; }
"""
ODD = """
#include <stdint.h>
enum mode { OFF, ON = -3 };
typedef int (*op)(int);
struct __attribute__((packed)) packed { char c; int i; double d; };
struct names { char name[8]; const char *list[2]; enum mode mode; enum mode modes[2];op call; };
struct flexible { int count; short data[]; };
struct signs { int a : 4; unsigned b : 4; _Bool c : 1; enum mode m : 4; long long wide : 40; };
struct __attribute__((aligned(64))) aligned { int i; };
struct list { int value; struct list *next; };
union both { int i; struct { char a, b; }; double d; };
int packed_i(const struct packed *p) { return p->i; }
struct packed packed_twice(struct packed p) { p.i *= 2; return p; }
struct signs signs_of(struct signs s) { s.a -= 1; return s; }
union both both_of(union both b) { b.i += 1; return b; }
int total(const struct list *l) { int s = 0; for (; l; l = l->next) s += l->value; return s; }
int is_aligned(const struct aligned *a) { return (uintptr_t)a % 64 == 0; }
int add_one(int i) { return i + 1; }
void fill(struct names *n) { n->call = add_one; n->list[0] = "zero"; n->mode = ON; n->modes[1] = ON; }
"""


def _wide() -> None:
    wide = nlib.code(WIDE)
    record = wide.wide(text="ab")
    wide.euro(record)
    equal((record.text, record.last), ("€b", "€"))
    equal(wide.units("grüß"), 4)
    equal(nlib.text(wide.word()), "grüß")


def _odd_layouts() -> None:
    odd = nlib.code(ODD)
    packed = odd.packed(c=b"x", i=21, d=0.5)
    equal((odd.packed_i(packed), ctypes.sizeof(odd.packed)), (21, 13))
    equal(odd.packed_twice(packed).i, 42)
    signs = odd.signs(a=-8, b=15, c=True, m="ON", wide=-(2**39))
    equal((signs.a, signs.b, signs.c, signs.m, signs.wide), (-8, 15, True, odd.ON, -(2**39)))
    equal(odd.signs_of(odd.signs(a=3)).a, 2)
    equal(odd.both_of(odd.both(a=4)).i, 5)
    names = odd.names(name="grün", modes=[odd.ON, "OFF"])
    odd.fill(names)
    equal((names.name, names.list[0], names.list[1]), ("grün", "zero", None))
    equal((names.mode, names.modes[1], names.call(4)), (odd.ON, odd.ON, 5))
    names.list[1] = "kept " * 3
    names.call = lambda value: value * 10
    equal((names.list[1], names.call(4)), ("kept " * 3, 40))
    raises(TypeError, lambda: setattr(names, "name", "much too long"), "names.name")
    last = odd.list(value=3)
    chain = odd.list(value=1, next=odd.list(value=2, next=last))
    equal(odd.total(chain), 6)
    equal(chain.next.next.value, 3)
    chain.next.next.value = 30
    equal(last.value, 30)
    true(all(odd.is_aligned(odd.aligned()) for _ in range(8)), "over-aligned memory")
    memory = (ctypes.c_short * 6)(4, 0, 1, 2, 3, 4)
    flexible = nlib.cast(odd.flexible, memory)
    equal([flexible.data[index] for index in range(flexible.count)], [1, 2, 3, 4])
