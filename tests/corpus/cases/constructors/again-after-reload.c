// about: a library loaded again starts anew: constructors run and its variables have their first values
// library a: a.c
// step: load a
// step: call a next
// step: call a next
// step: unload a
// step: load a
// step: call a next
// step: unload a
//--- a.c
#include <stdio.h>
static int data = 10;
static int zero;
int next(void) { return data++ + zero++; }
__attribute__((constructor)) static void begin(void) { printf("begin with %d and %d\n", data, zero); }
__attribute__((destructor)) static void end(void) { printf("end with %d and %d\n", data, zero); }
