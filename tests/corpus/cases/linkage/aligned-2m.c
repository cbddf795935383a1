// about: data aligned to 2 MiB, the size of a huge page, is
// refused jit: more than a page
// library a: a.c
// step: load a
// step: call a rest
// step: call a value
//--- a.c
#include <stdint.h>
static _Alignas(2 << 20) int data[3] = {1, 2, 3};
static volatile int one = 1;
int rest(void) {
  volatile uintptr_t address = (uintptr_t)data;
  return (int)(address % (2 << 20));
}
int value(void) { return data[one]; }
