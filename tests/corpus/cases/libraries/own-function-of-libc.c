// about: a library's own function with the name of the C library's serves its own calls
// flags: -fno-builtin
// differs: a library's own definition goes first; with dlopen the process's C library would be asked before it
// library a: a.c
// step: load a
// step: call a run
//> load a
//> own puts
//> run = 1
//--- a.c
#include <unistd.h>
int puts(const char *text) {
  (void)text;
  write(1, "", 0);
  extern int printf(const char *, ...);
  printf("own puts\n");
  return 1;
}
int run(void) { return puts("not shown"); }
