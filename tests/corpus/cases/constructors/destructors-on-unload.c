// about: unloading runs a library's destructors, once and at that moment
// library a: a.c
// step: load a
// step: call a value
// step: unload a
// step: exit 0
//--- a.c
#include <stdio.h>
static int count;
int value(void) { return ++count; }
__attribute__((constructor)) static void begin(void) { puts("constructor ran"); }
__attribute__((destructor)) static void end(void) { printf("destructor ran, count %d\n", count); }
