// about: the exit status is the lowest eight bits of exit's argument
#include <stdlib.h>
int main(void) {
  volatile int status = -3;
  exit(status);
}
