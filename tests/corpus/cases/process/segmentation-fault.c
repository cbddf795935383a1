// about: an unhandled fault ends the program by SIGSEGV
#include <unistd.h>
int main(void) {
  int *volatile nowhere = (int *)16;
  write(1, "before\n", 7);
  *nowhere = 1;
  write(1, "after, which must not be\n", 25);
}
