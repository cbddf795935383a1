// about: a library is not unloaded while another is linked to it; afterwards it is
// library base: base.c
// library user: user.c with base
// step: load user
// step: refused-unload base user
// step: call user run
// step: unload user
// step: unload base
//--- base.c
#include <stdio.h>
int value(void) { return 5; }
__attribute__((destructor)) static void end(void) { puts("end base"); }
//--- user.c
#include <stdio.h>
int value(void);
int run(void) { return value() + 1; }
__attribute__((destructor)) static void end(void) { printf("end user, base says %d\n", value()); }
