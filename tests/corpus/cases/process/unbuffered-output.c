// about: the order of buffered and unbuffered output is that of the buffers
#include <stdio.h>
#include <unistd.h>
int main(void) {
  printf("printf first, ");
  write(1, "write second\n", 13);
  fflush(stdout);
  write(1, "write third, ", 13);
  setvbuf(stdout, 0, _IONBF, 0);
  printf("printf fourth, ");
  write(1, "write fifth\n", 12);
}
