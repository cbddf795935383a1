// about: two libraries without relation publish the same names, and each uses its own
// library a: a.c
// library b: b.c
// step: load a
// step: load b
// step: call a run
// step: call b run
// step: call a run
// step: unload a
// step: call b run
//--- a.c
int state = 1;
int step_size(void) { return 1; }
int run(void) { return state += step_size(); }
//--- b.c
int state = 1000;
int step_size(void) { return 100; }
int run(void) { return state += step_size(); }
