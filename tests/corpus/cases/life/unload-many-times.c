// about: load, call, unload, over and over: every time fresh variables and one constructor and destructor
// library a: a.c
// library b: b.c with a
// step: load b
// step: call b run
// step: unload b
// step: unload a
// step: load b
// step: call b run
// step: unload b
// step: unload a
// step: load b
// step: call b run
// step: unload b
// step: load b
// step: call b run
// step: unload b
// step: unload a
//--- a.c
#include <stdio.h>
static int count;
int next(void) { return ++count; }
__attribute__((constructor)) static void begin(void) { puts("begin a"); }
__attribute__((destructor)) static void end(void) { printf("end a at %d\n", count); }
//--- b.c
#include <stdio.h>
int next(void);
int run(void) { return next() + next(); }
__attribute__((constructor)) static void begin(void) { puts("begin b"); }
__attribute__((destructor)) static void end(void) { puts("end b"); }
