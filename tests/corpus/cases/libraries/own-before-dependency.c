// about: a library's own definition goes before its dependency's of the same name
// library base: base.c
// library user: user.c with base
// step: load user
// step: call user run
// step: call base run_base
//--- base.c
int number(void) { return 1; }
int run_base(void) { return number() * 10; }
//--- user.c
int run_base(void);
int number(void) { return 2; }
int run(void) { return number() * 100; }
