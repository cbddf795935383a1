// about: what stands in buffers of stdout and of an open file is written at exit
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static char name[] = "buffers-at-exit.tmp";
static void look(void) {
  // Registered before the file was opened; its buffer is not written yet.
  write(1, "handler\n", 8);
  unlink(name);
}
int main(void) {
  atexit(look);
  FILE *file = fopen(name, "w");
  fprintf(file, "buffered");
  printf("without a new line");
  setvbuf(stderr, 0, _IOFBF, 100);
  exit(0);
}
