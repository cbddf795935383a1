// about: structs of every class of the System V ABI as arguments and results, between two units
// program: main.c other.c
//--- types.h
typedef struct { int a; } integer;
typedef struct { long a, b; } two_integers;
typedef struct { float a, b, c; } floats;
typedef struct { double a; long b; } mixed;
typedef struct { char a[3]; } bytes;
typedef struct { long a[3]; } memory;
typedef struct { long double a; } x87;
typedef struct { char a; double b; short c; } padded;
typedef union { double d; long l; } both;
typedef struct { int a : 3; unsigned b : 13; long c : 40; } bits;
typedef struct { } nothing;
typedef struct { struct { float x; } f; struct { int y[1]; } i; } nested;
#define EACH(X) X(integer) X(two_integers) X(floats) X(mixed) X(bytes) X(memory) X(x87) X(padded) \
  X(both) X(bits) X(nested)
#define DECLARE(T) T pass_##T(int before, T value, double between, T again, long after);
EACH(DECLARE)
nothing pass_nothing(int, nothing, int);
//--- other.c
#include "types.h"
int seen_before; double seen_between; long seen_after;
#define DEFINE(T) T pass_##T(int before, T value, double between, T again, long after) { \
  seen_before = before, seen_between = between, seen_after = after; \
  (void)value; return again; }
EACH(DEFINE)
nothing pass_nothing(int before, nothing value, int after) {
  seen_before = before, seen_after = after;
  return value;
}
//--- main.c
#include <stdio.h>
#include "types.h"
extern int seen_before; extern double seen_between; extern long seen_after;
static void seen(const char *name) { printf("%s (%d %.1f %ld): ", name, seen_before, seen_between, seen_after); }
#define PASS(T, ...) T T##_value = __VA_ARGS__; T##_value = pass_##T(1, T##_value, 2.5, T##_value, 3); seen(#T)
int main(void) {
  PASS(integer, {7});
  printf("%d\n", integer_value.a);
  PASS(two_integers, {8, -9});
  printf("%ld %ld\n", two_integers_value.a, two_integers_value.b);
  PASS(floats, {1.5f, 2.5f, -3.5f});
  printf("%.1f %.1f %.1f\n", floats_value.a, floats_value.b, floats_value.c);
  PASS(mixed, {0.25, 99});
  printf("%.2f %ld\n", mixed_value.a, mixed_value.b);
  PASS(bytes, {"ab"});
  printf("%s\n", bytes_value.a);
  PASS(memory, {{1, 2, 3}});
  printf("%ld\n", memory_value.a[2]);
  PASS(x87, {1.25L});
  printf("%.2Lf\n", x87_value.a);
  PASS(padded, {'c', 6.5, 70});
  printf("%c %.1f %d\n", padded_value.a, padded_value.b, padded_value.c);
  PASS(both, {.d = 4.75});
  printf("%.2f\n", both_value.d);
  PASS(bits, {-2, 8000, -5});
  printf("%d %d %ld\n", bits_value.a, (int)bits_value.b, (long)bits_value.c);
  PASS(nested, {{2.5f}, {{11}}});
  printf("%.1f %d\n", nested_value.f.x, nested_value.i.y[0]);
  nothing n;
  pass_nothing(4, n, 5);
  seen("nothing");
  puts("");
}
