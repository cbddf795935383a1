// about: constructors of equal priority run in the order of the units, priorities go before units, destructors reverse all of it
// program: first.c second.c main.c
//--- say.h
#include <stdio.h>
#define SAYS(UNIT) \
  __attribute__((constructor)) static void begin(void) { puts("begin " UNIT); } \
  __attribute__((constructor(200))) static void begin_early(void) { puts("begin early " UNIT); } \
  __attribute__((destructor)) static void end(void) { puts("end " UNIT); } \
  __attribute__((destructor(200))) static void end_late(void) { puts("end late " UNIT); }
//--- first.c
#include "say.h"
SAYS("first")
//--- second.c
#include "say.h"
SAYS("second")
//--- main.c
#include "say.h"
SAYS("main")
int main(void) { puts("main"); }
