// about: the value of main is the exit status, and handlers, destructors and buffers come after it
#include <stdio.h>
#include <stdlib.h>
static void handler(void) { printf("handler, "); }
__attribute__((destructor)) static void end(void) { printf("destructor"); }
int main(void) {
  atexit(handler);
  printf("main, ");
  return 258;
}
