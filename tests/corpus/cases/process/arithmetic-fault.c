// about: a division by zero ends the program by SIGFPE
#include <signal.h>
#include <unistd.h>
int main(void) {
  volatile int zero = 0, one = 1;
  write(1, "before\n", 7);
#if defined __x86_64__
  one = one / zero;
#else
  raise(SIGFPE);
#endif
  return one;
}
