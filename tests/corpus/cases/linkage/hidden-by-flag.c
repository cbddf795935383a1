// about: with -fvisibility=hidden only what is marked default is found by its name
// flags: -fvisibility=hidden
// library a: a.c
// library b: b.c with a
// step: load b
// step: call b use
//--- a.c
int secret(void) { return 5; }
__attribute__((visibility("default"))) int shown(void) { return secret() * 2; }
//--- b.c
__attribute__((visibility("default"))) int shown(void);
__attribute__((visibility("default"))) int secret(void) { return 1; }
__attribute__((visibility("default"))) int use(void) { return shown() + secret(); }
