// about: destructors of what is still loaded run once when the host calls exit, a library's before those of its dependency
// library a: a.c
// library b: b.c
// library c: c.c with a
// step: load a
// step: load b
// step: load c
// step: unload b
// step: exit 3
//--- a.c
#include <stdio.h>
static int value = 8;
int of_a(void) { return value; }
__attribute__((destructor)) static void end(void) { value = 0, puts("end a"); }
//--- b.c
#include <stdio.h>
__attribute__((destructor)) static void end(void) { puts("end b"); }
//--- c.c
#include <stdio.h>
int of_a(void);
__attribute__((destructor)) static void end(void) { printf("end c, a says %d\n", of_a()); }
