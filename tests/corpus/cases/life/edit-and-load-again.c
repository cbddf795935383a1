// about: an edited library is compiled and loaded anew, beside nothing of the old one
// library answer: answer.c
// step: load answer
// step: call answer value
// step: unload answer
// step: edit answer.c return 1; => return 2;
// step: load answer
// step: call answer value
// step: thread answer value
// step: text answer name
//--- answer.c
#include <stdio.h>
int value(void) { return 1; }
const char *name(void) { return "answer"; }
__attribute__((constructor)) static void begin(void) { printf("begin %d\n", value()); }
__attribute__((destructor)) static void end(void) { printf("end %d\n", value()); }
