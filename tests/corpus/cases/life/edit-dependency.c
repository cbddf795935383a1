// about: after a dependency changed, a library loaded again is linked to the new one
// library base: base.c
// library user: user.c with base
// step: load user
// step: call user run
// step: edit base.c return 1; => return 2;
// step: load user
// step: call user run
//--- base.c
int value(void) { return 1; }
//--- user.c
int value(void);
int run(void) { return value() * 100; }
