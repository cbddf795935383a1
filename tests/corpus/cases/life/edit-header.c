// about: a header that changed is found, and only the library that includes it is loaded anew
// library a: a.c
// library b: b.c
// step: load a
// step: load b
// step: call a value
// step: edit value.h 10 => 20
// step: load a
// step: load b
// step: call a value
// step: call b next
//--- value.h
#define VALUE 10
//--- a.c
#include "value.h"
int value(void) { return VALUE; }
//--- b.c
static int count;
int next(void) { return ++count; }
__attribute__((constructor)) static void begin(void) { count = 100; }
