// about: a library loaded twice is one library, constructed once
// library a: a.c
// step: load a
// step: call a next
// step: load a
// step: call a next
// step: unload a
//--- a.c
#include <stdio.h>
static int count;
int next(void) { return ++count; }
__attribute__((constructor)) static void begin(void) { puts("begin"); }
__attribute__((destructor)) static void end(void) { puts("end"); }
