// about: two libraries share a third: one copy of its variables, constructed once
// library base: base.c
// library left: left.c with base
// library right: right.c with base
// library top: top.c with left right
// step: load top
// step: call top run
// step: call base value
// step: unload top
// step: call base value
//--- base.c
#include <stdio.h>
static int state;
int next(int by) { return state += by; }
int value(void) { return state; }
__attribute__((constructor)) static void begin(void) { puts("begin base"); }
//--- left.c
int next(int);
int left(void) { return next(1); }
//--- right.c
int next(int);
int right(void) { return next(100); }
//--- top.c
int left(void), right(void);
int run(void) {
  int sum = left();
  sum += right();
  return sum + left();
}
