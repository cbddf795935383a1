// about: a library with a missing symbol leaves nothing behind; corrected it loads in the same process
// library a: a.c other.c
// step: edit other.c int helper => int other
// step: fails-load a helper
// step: edit other.c int other => int helper
// step: load a
// step: call a value
//--- a.c
#include <stdio.h>
int helper(void);
int value(void) { return helper(); }
__attribute__((constructor)) static void begin(void) { puts("begin"); }
//--- other.c
int helper(void) { return 3; }
