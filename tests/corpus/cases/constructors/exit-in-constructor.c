// about: a constructor that calls exit ends the process with its status, and handlers run
#include <stdio.h>
#include <stdlib.h>
static void handler(void) { puts("handler"); }
__attribute__((constructor)) static void begin(void) {
  atexit(handler);
  puts("constructor");
  exit(7);
}
int main(void) { puts("main, which must not run"); }
