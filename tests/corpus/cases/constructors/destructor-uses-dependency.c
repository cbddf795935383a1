// about: a destructor may call the library that its own is linked to, on unload and at the end
// library log: log.c
// library user: user.c with log
// step: load user
// step: unload user
// step: load user
// step: exit 0
//--- log.c
#include <stdio.h>
static int lines;
void note(const char *text) { printf("note %d: %s\n", ++lines, text); }
__attribute__((destructor)) static void end(void) { printf("log ends after %d lines\n", lines); }
//--- user.c
#include <stdlib.h>
void note(const char *text);
static void handler(void) { note("handler"); }
__attribute__((constructor)) static void begin(void) { note("begin"); atexit(handler); }
__attribute__((destructor)) static void end(void) { note("end"); }
