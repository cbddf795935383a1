"""Who keeps what: texts in records, values of nlib.inout, functions that C has, memory that is not text."""

from __future__ import annotations

import copy
import ctypes
import gc

import nlib

from .expect import equal, raises, true

TEXTS = """
typedef struct { const char *t; } in;
typedef struct __attribute__((packed)) { char c; in a; const char *d; in b[2]; } packed;
typedef struct { in a; const char *b; } outer;
const char *a_of(const packed *p) { return p->a.t; }
const char *d_of(const packed *p) { return p->d; }
const char *b_of(const packed *p) { return p->b[1].t; }
const char *item(const in *p, int i) { return p[i].t; }
static in kept[2];
in *kept_by_c(void) { return kept; }
in first = {"first"};
"""


def texts() -> None:
    """What is assigned to a record lives as long as that, whatever becomes of where it came from."""
    texts = nlib.code(TEXTS)
    inner = texts["in"]
    packed, outer, array = texts.packed(), texts.outer(), nlib.array(inner, [("x",), {"t": "y" * 40}])
    pointer = texts.kept_by_c()

    def assign() -> None:
        source = inner(t="inner " * 9)
        packed.a, packed.d, packed.b = source, "direct " * 9, [source, {"t": "array " * 9}]
        outer.a, outer.b = source, "outer " * 9
        array[0] = pointer[1] = source
        texts.first = source
        source.t = "another"

    assign()
    copied = copy.copy(outer)
    outer.a, outer.b = ("gone",), None
    _reuse()
    equal(texts.a_of(packed), "inner " * 9)
    equal(texts.d_of(packed), "direct " * 9)
    equal(texts.b_of(packed), "array " * 9)
    equal((copied.a.t, copied.b), ("inner " * 9, "outer " * 9))
    equal((texts.item(array, 0), texts.item(array, 1)), ("inner " * 9, "y" * 40))
    equal((texts.item(pointer, 1), texts.first.t), ("inner " * 9, "inner " * 9))
    array[0].t = "z" * 40
    array[1:] = [("slice " * 9,)]
    packed.a.t = "within " * 9
    _reuse()
    equal((array[0].t, array[1].t, texts.a_of(packed)), ("z" * 40, "slice " * 9, "within " * 9))


def _reuse() -> None:
    gc.collect()
    junk = [f"{number} junk ".encode() * 9 for number in range(20_000)]
    del junk


UNIONS = """
typedef union { const char *text; long number; } either;
typedef struct { int tag; union { const char *text; long number; }; } tagged;
typedef struct { either inner; struct { const char *text; } plain; } both;
either number(long n) { either e; e.number = n; return e; }
tagged tag(long n) { tagged t = {1}; t.number = n; return t; }
"""


def unions() -> None:
    """A text in a union may be a number: nothing but asking for it follows it."""
    unions = nlib.code(UNIONS)
    number, tagged = unions.number(5), unions.tag(6)
    equal(repr(number), "either(text=<const char * 0x5>, number=5)")
    equal(repr(tagged), "tagged(tag=1, text=<const char * 0x6>, number=6)")
    equal((number == unions.number(5), number == unions.number(6)), (True, False))
    equal((tagged == unions.tag(6), tagged == unions.tag(7)), (True, False))
    both = unions.both(inner={"number": 7}, plain=("seen",))
    true("0x7" in repr(both) and "'seen'" in repr(both), repr(both))
    equal(both, copy.copy(both))


INOUT = """
typedef struct { int x, y; } point;
void move(point *p) { p->x++; p->y++; }
void add(int *number) { *number += 1; }
int first(const char **text) { return (*text)[0]; }
"""


def inout() -> None:
    """The value is there before the call, or the call is not made."""
    library = nlib.code(INOUT)
    point = nlib.inout(library.point(10, 20))
    library.move(point)
    equal(point.value, library.point(11, 21))
    equal(library.first(nlib.inout("old")), ord("o"))
    raises(OverflowError, lambda: library.add(nlib.inout(1 << 40)), "add()", "number")
    raises(TypeError, lambda: library.add(nlib.inout("5")), "add()", "int")
    raises(TypeError, lambda: library.move(nlib.inout((1, 2, 3))), "at most 2")


ARRAYS = """
#include <stdint.h>
#include <uchar.h>
typedef struct { char names[3][8]; char16_t wide[4]; uint8_t bytes[4]; int rows[2][3]; } arrays;
int row(const arrays *a, int i, int j) { return a->rows[i][j]; }
int unit(const arrays *a, int i) { return a->wide[i]; }
void fill(arrays *a) { a->names[1][0] = 'Z'; a->wide[0] = 0xD83D; a->wide[1] = 0xDE00; a->wide[2] = 0; }
"""


def arrays() -> None:
    library = nlib.code(ARRAYS)
    arrays = library.arrays(names=["ab", "cd"], rows=[[1, 2, 3], (4, 5, 6)])
    equal((list(arrays.names), arrays.names[1], arrays.names[-1]), (["ab", "cd", ""], "cd", ""))
    arrays.names[2] = "grün"
    library.fill(arrays)
    equal((arrays.names[:], arrays.wide), (["ab", "Zd", "grün"], "\U0001f600"))
    arrays.wide = "a\U0001f601"
    equal((library.unit(arrays, 0), library.unit(arrays, 1), arrays.wide), (97, 0xD83D, "a\U0001f601"))
    raises(TypeError, lambda: setattr(arrays, "wide", "abc\U0001f601"), "does not fit")
    arrays.rows[1] = [7, 8, 9]
    equal((library.row(arrays, 1, 2), arrays.rows[0][1]), (9, 2))

    def assign(array: object, index: object, value: object) -> None:
        array[index] = value  # type: ignore[index]

    own = nlib.array(ctypes.c_uint8, 2)
    for array in (arrays.bytes, own, nlib.cast(ctypes.c_uint8, own)):
        assign(array, 0, 255)
        raises(OverflowError, lambda array=array: assign(array, 0, 300), "300", "unsigned char")  # type: ignore[misc]
        equal(array[0], 255)
    raises(OverflowError, lambda: assign(own, slice(0, 2), [1, -1]), "-1")
    arrays.bytes = (ctypes.c_uint8 * 4)(4, 3, 2, 1)
    equal(arrays.bytes[:], [4, 3, 2, 1])


POINTERS = """
typedef int (*op)(int);
static int one(int a) { return a + 1; }
op get(void) { return one; }
int pass_one(int (*to)(op)) { return to(one); }
typedef void (*listener)(int);
static listener heard;
void listen(listener l) { heard = l; }
void fire(int n) { if (heard) heard(n); }
"""


def functions() -> None:
    """Functions that C gives are made once; those that it has live until its code is gone."""
    library = nlib.code(POINTERS)
    true(library.get() is library.get(), "one function of C's is one of Python's")
    names = len(library._state.loaded.namespace)
    equal({library.get()(1) for _ in range(50)}, {2})
    true(len(library._state.loaded.namespace) < names + 20, "calls through pointers add nothing")

    # One whose type no library declares.
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
    calls = nlib.callback(lambda one: one(3), ctypes.c_int, kind)
    equal(library.function("pass_one", ctypes.c_int, ctypes.c_void_p)(calls), 4)

    heard: list[int] = []

    def give() -> None:
        nlib.code(POINTERS).listen(lambda number: heard.append(number))

    give()
    _reuse()
    library.fire(2)
    equal(heard, [2])
    library.listen(heard.append)
    library.reload()
    library.fire(3)
    equal(heard, [2, 3])
