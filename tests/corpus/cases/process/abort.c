// about: abort ends the program by SIGABRT, handlers of atexit do not run
#include <stdlib.h>
#include <unistd.h>
static void handler(void) { write(1, "handler, which must not run\n", 28); }
int main(void) {
  atexit(handler);
  write(1, "before\n", 7);
  abort();
}
