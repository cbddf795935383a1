// about: a library that nobody unloads is finalised once when the session and the process end
// library a: a.c
// step: load a
// step: call a value
//--- a.c
#include <stdio.h>
#include <stdlib.h>
static int ended;
static void registered(void) { puts("registered handler ran"); }
int value(void) { return atexit(registered); }
__attribute__((destructor)) static void end(void) { printf("destructor ran %d\n", ++ended); }
