// about: _exit ends the process at once: no handler, no destructor, no flushed buffer
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void handler(void) { write(1, "handler\n", 8); }
__attribute__((destructor)) static void end(void) { write(1, "destructor\n", 11); }
int main(void) {
  atexit(handler);
  printf("stays in the buffer");
  write(1, "main\n", 5);
  _exit(11);
}
