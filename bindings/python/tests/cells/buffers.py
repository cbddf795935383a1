"""NumPy's arrays, without copies."""

from __future__ import annotations

import numpy

import nlib

from .expect import equal, fixture, raises, true

GRID = """
#include <stdint.h>
typedef struct { float x, y; int32_t id; } particle;
static particle kept[4];
particle *particles(void) { for (int i = 0; i < 4; i++) kept[i].id = i; return kept; }
void push(particle *p, int count, float dx) { for (int i = 0; i < count; i++) p[i].x += dx; }
long sum(const int64_t *values, int count) { long s = 0; for (int i = 0; i < count; i++) s += values[i]; return s; }
void fill(uint8_t *pixels, int width, int height) { for (int i = 0; i < width * height; i++) pixels[i] = i; }
const double *table(void) { static const double t[] = {0.5, 1.5, 2.5}; return t; }
"""


def numpy_arrays() -> None:
    kit = nlib.load(fixture("kit.c"))
    values = numpy.arange(5.0)
    equal(kit.kit_sum(values, len(values)), 10.0)
    equal(kit.kit_sum(values[2:], 3), 9.0)
    floats = numpy.array([[1, 2], [3, 4]], dtype=numpy.float32)
    kit.kit_double_all(floats, floats.size)
    equal(floats.tolist(), [[2, 4], [6, 8]])
    raises(TypeError, lambda: kit.kit_double_all(values, 5), "float", "'d'")
    raises(TypeError, lambda: kit.kit_sum(values[::2], 3), "one piece", "ascontiguousarray")
    floats.flags.writeable = False
    raises(TypeError, lambda: kit.kit_double_all(floats, 4), "read-only")
    values.flags.writeable = False
    equal(kit.kit_sum(values, 5), 10.0)
    equal(kit.kit_add(numpy.int64(2), numpy.uint8(3)), 5)
    equal(kit.kit_half(numpy.float32(3)), 1.5)
    equal(kit.kit_not(numpy.bool_(True)), False)

    grid = nlib.code(GRID)
    equal(grid.sum(numpy.arange(10), 10), 45)
    raises(TypeError, lambda: grid.sum(numpy.arange(10, dtype=numpy.uint64), 10), "format")
    pixels = numpy.zeros((2, 3), dtype=numpy.uint8)
    grid.fill(pixels, 3, 2)
    equal(pixels.tolist(), [[0, 1, 2], [3, 4, 5]])
    particles = nlib.as_array(grid.particles(), 4)
    equal(particles["id"].tolist(), [0, 1, 2, 3])
    particles["x"] = 1
    grid.push(grid.particles(), 4, 0.5)
    equal(particles["x"].tolist(), [1.5] * 4)
    own = numpy.zeros(3, dtype=particles.dtype)
    grid.push(own, 3, 2)
    equal(own["x"].tolist(), [2.0] * 3)
    equal(nlib.as_array(grid.table(), 3).tolist(), [0.5, 1.5, 2.5])
    equal(numpy.frombuffer(nlib.view(grid.table(), 3)).tolist(), [0.5, 1.5, 2.5])
    _wrong_items()
    out = nlib.out(3)
    grid.fill(out, 3, 1)
    equal(numpy.frombuffer(out.memory, dtype=numpy.uint8).tolist(), [0, 1, 2])
    true(list(out) == [0, 1, 2], "nlib.out(n) as a list")


ITEMS = """
#include <stdarg.h>
enum kind { A, B, C };
typedef struct { int a, b; } pair;
int kind_of(const enum kind *k) { return k[1]; }
int texts(const char *const *t) { return t != 0; }
int pair_of(const pair *p) { return p->a + p->b; }
int variadic(int count, ...) { va_list l; va_start(l, count); int n = va_arg(l, int); va_end(l); return n; }
"""


def _wrong_items() -> None:
    items = nlib.code(ITEMS)
    equal(items.kind_of(numpy.array([1, 2], dtype=numpy.int32)), 2)
    raises(TypeError, lambda: items.kind_of(numpy.array([1.5, 2], dtype=numpy.float32)), "'f'")
    raises(TypeError, lambda: items.texts(numpy.array([1.5])), "'d'")
    equal(items.texts(numpy.array([0], dtype=numpy.uintp)), 1)
    for wrong in (numpy.array([object()]), numpy.array([1.5]), numpy.array([1])):
        raises(TypeError, lambda wrong=wrong: items.pair_of(wrong), "pair")  # type: ignore[misc]
    pairs = numpy.array([(3, 4)], dtype=[("a", "i4"), ("b", "i4")])
    equal((items.pair_of(pairs), items.pair_of(pairs.tobytes())), (7, 7))
    equal((items.variadic(1, numpy.True_), items.variadic(1, numpy.False_)), (1, 0))
    both = nlib.code("int kind(bool) { return 1; } int kind(double) { return 2; }", "c++")
    equal((both.kind(numpy.True_), both.kind(numpy.float64(1))), (1, 2))
