// about: vectors of 16 bytes as arguments and results, also in structs
// program: main.c other.c
//--- vectors.h
typedef float floats __attribute__((vector_size(16)));
typedef int integers __attribute__((vector_size(16)));
typedef short shorts __attribute__((vector_size(8)));
struct wrapped { floats inner; };
floats multiply(floats a, int scale, floats b);
integers select_less(integers a, integers b);
shorts narrow(shorts a);
struct wrapped swap(struct wrapped value);
//--- main.c
#include <stdio.h>
#include "vectors.h"
int main(void) {
  floats a = {1, 2, 3, 4};
  floats product = multiply(a, 2, a);
  integers least = select_less((integers){1, 20, 3, 40}, (integers){10, 2, 30, 4});
  shorts small = narrow((shorts){1, 2, 3, 4});
  struct wrapped swapped = swap((struct wrapped){a});
  printf("%.1f %.1f\n", product[1], product[3]);
  printf("%d %d %d %d\n", least[0], least[1], least[2], least[3]);
  printf("%d %.1f\n", small[2], swapped.inner[0]);
}
//--- other.c
#include "vectors.h"
floats multiply(floats a, int scale, floats b) { return a * b * (float)scale; }
integers select_less(integers a, integers b) {
  integers less = a < b;
  return (a & less) | (b & ~less);
}
shorts narrow(shorts a) { return a * (short)100; }
struct wrapped swap(struct wrapped value) {
  value.inner = __builtin_shufflevector(value.inner, value.inner, 3, 2, 1, 0);
  return value;
}
