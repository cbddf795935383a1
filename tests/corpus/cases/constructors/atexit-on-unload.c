// about: what a library registers with atexit runs when it is unloaded, newest first and before its destructors
// library a: a.c
// step: load a
// step: call a enlist
// step: unload a
// step: exit 0
//--- a.c
#include <stdio.h>
#include <stdlib.h>
static void first(void) { puts("first registered"); }
static void second(void) { puts("second registered"); }
int enlist(void) { return atexit(first) + atexit(second); }
__attribute__((destructor)) static void end(void) { puts("destructor"); }
