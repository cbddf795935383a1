// about: exit handlers of several libraries run in the reverse order of registration, whichever library they are of
// library a: a.c
// library b: b.c
// step: load a
// step: load b
// step: call a enlist_a
// step: call b enlist_b
// step: call a enlist_a_again
// step: exit 0
//--- a.c
#include <stdio.h>
#include <stdlib.h>
static void first(void) { puts("a, registered first"); }
static void third(void) { puts("a, registered third"); }
int enlist_a(void) { return atexit(first); }
int enlist_a_again(void) { return atexit(third); }
//--- b.c
#include <stdio.h>
#include <stdlib.h>
static void second(void) { puts("b, registered second"); }
int enlist_b(void) { return atexit(second); }
