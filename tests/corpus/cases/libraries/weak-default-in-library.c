// about: a library's weak default gives way to a strong definition of the library's other unit only
// library a: a.c hook.c
// library b: b.c
// step: load a
// step: load b
// step: call a run
// step: call b run
//--- a.c
__attribute__((weak)) int hook(void) { return 1; }
int run(void) { return hook(); }
//--- hook.c
int hook(void) { return 20; }
//--- b.c
__attribute__((weak)) int hook(void) { return 300; }
int run(void) { return hook(); }
