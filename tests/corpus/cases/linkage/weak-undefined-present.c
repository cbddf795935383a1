// about: a weak reference finds what another unit, a dependency or the C library defines
// library base: base.c
// program: main.c unit.c with base
//--- base.c
int in_base(void) { return 2; }
//--- unit.c
int in_unit(void) { return 1; }
//--- main.c
#include <stdio.h>
__attribute__((weak)) int in_unit(void);
__attribute__((weak)) int in_base(void);
__attribute__((weak)) int abs(int);
int main(void) {
  volatile int negative = -3;
  printf("%d %d %d\n", in_unit ? in_unit() : -1, in_base ? in_base() : -1, abs ? abs(negative) : -1);
}
