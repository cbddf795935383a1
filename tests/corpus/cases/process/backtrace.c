// about: backtrace walks through the frames of loaded code up to its caller
// library a: a.c
// library b: b.c with a
// step: load b
// step: call b run
//--- a.c
#include <execinfo.h>
__attribute__((noinline)) int frames(int (*deeper)(int), int levels) {
  if (levels > 0)
    return deeper(levels) + 0 * levels;
  void *addresses[100];
  volatile int count = backtrace(addresses, 100);
  return count;
}
//--- b.c
int frames(int (*deeper)(int), int levels);
__attribute__((noinline)) static int down(int levels) {
  volatile int result = frames(down, levels - 1);
  return result;
}
int run(void) {
  volatile int shallow = frames(down, 0);
  volatile int deep = frames(down, 10);
  return deep - shallow;
}
