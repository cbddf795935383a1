"""Names of C's that Python, ctypes or the binding give a meaning."""

from __future__ import annotations

import ctypes

import nlib

from .expect import equal, raises

PARAMETERS = """
#include <stdarg.h>
int added(int map, ...) { va_list more; va_start(more, map); int n = va_arg(more, int); va_end(more); return map + n; }
typedef int (*call)(int);
int calls(call type, const char *_Slow, void *pointer) { return type(_Slow[0]) + !pointer; }
int from(int self, int TypeError, int __debug__) { return self * 100 + TypeError * 10 + __debug__; }
int \ufb01x(int \ufb01, int fi) { return \ufb01 * 10 + fi; }
int lambda = 3;
int name = 4;
int reload(void) { return name; }
"""


def parameters() -> None:
    library = nlib.code(PARAMETERS)
    equal(library.added(1, 2), 3)
    equal(library.calls(lambda value: value + 1, "a", None), 99)
    raises(TypeError, lambda: library.calls(lambda value: value, 5, None), "_Slow", "5")
    equal((library["from"](1, 2, 3), library["from"](self=1, TypeError=2, __debug___=3)), (123, 123))
    equal((library["\ufb01x"](1, 2), library.fix(1, 2), library.fix(fi=1, fi_=2)), (12, 12, 12))
    library["name"] = 6
    equal((library["name"], library["reload"](), library.name), (6, 6, "code"))
    raises(AttributeError, lambda: setattr(library, "name", 5), "library['name']")
    equal(library["name"], 6)
    for use in (lambda: library["fix\0x"], lambda: nlib.load("a\0b"), lambda: library.address("fix\0x")):
        raises(ValueError, use, "NUL")
    equal("fix\0x" in library, False)


FIELDS = """
typedef struct { int self, cls, __pad; } plain;
typedef struct { int _info_, _fields_, _anonymous_, __class__, _kept, from, from_buffer; char t[4]; } taken;
typedef struct { int \u00b5; char grade : 3; } letters;
int sum(const taken *t) { return t->_info_ + 10 * t->_fields_ + 100 * t->__class__ + 1000 * t->_kept; }
plain *made(void) { static plain p = {1, 2, 3}; return &p; }
typedef enum { _LOW_ = 1, __MID__ = 2, mro = 4, HIGH = 8 } level;
level next(level l) { return l << 1; }
typedef struct { int a; char b; } pod;
#define POD ((pod){1, 'c'})
"""


def fields() -> None:
    library = nlib.code(FIELDS)
    plain = library.plain(self=1, cls=2)
    equal((plain.self, plain.cls, getattr(library.made(), "__pad")), (1, 2, 3))
    taken = library.taken(_info_=1, _fields_=2, __class__=3, _kept_=4, from_=5, from_buffer=6, t="abc")
    equal((library.sum(taken), taken._info__, taken.from_, taken.t), (4321, 1, 5, "abc"))
    equal((library.taken(*range(7))._kept_, library.sum({"_info_": 5})), (4, 5))
    raises(AttributeError, lambda: taken._anonymous_, "_anonymous__")
    mu = "\u03bc"  # What Python's parser makes of the other one.
    letters = library.letters(**{mu: 2}, grade=-3)
    equal((getattr(letters, mu), letters.grade), (2, -3))
    letters.grade = 3
    raises(OverflowError, lambda: setattr(letters, "grade", 4), "3 bits")
    equal(ctypes.sizeof(library.letters), 8)
    equal((library.HIGH, library._LOW_, library.level.HIGH), (8, 1, 8))
    equal((library.next("_LOW_"), library.next("__MID__"), library.next("mro").name), (2, 4, "HIGH"))
    equal((library.POD.a, library.POD.b), (1, b"c"))
