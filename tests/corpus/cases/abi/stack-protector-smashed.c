// about: a smashed stack ends the program by SIGABRT
// flags: -fstack-protector-all -U_FORTIFY_SOURCE
#include <string.h>
#include <unistd.h>
__attribute__((noinline)) static void smash(volatile int length) {
  char buffer[8];
  memset(buffer, 'x', (size_t)length);
  __asm__ volatile("" : : "r"(buffer) : "memory");
}
int main(void) {
  write(1, "before\n", 7);
  smash(64);
  write(1, "after, which must not be\n", 25);
}
