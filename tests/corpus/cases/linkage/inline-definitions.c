// about: C's inline functions: the external definition of one unit serves the others
// program: main.c other.c
//--- twice.h
inline int twice(int x) { return x * 2; }
static inline int thrice(int x) { static int calls; return x * 3 + calls++; }
__attribute__((gnu_inline)) extern inline int fourfold(int x) { return x * 4; }
//--- main.c
#include <stdio.h>
#include "twice.h"
extern inline int twice(int);
int other(int);
int main(void) {
  volatile int x = 5;
  int (*volatile pointer)(int) = twice;
  int (*volatile gnu)(int) = fourfold;
  printf("%d %d %d %d %d\n", twice(x), pointer(x), thrice(x) + thrice(x), other(x), gnu(x));
}
//--- other.c
#include "twice.h"
int other(int x) { return twice(x) * 100 + thrice(x); }
int fourfold(int x) { return x * 40; }
