// about: -fstack-protector-all reads the canary from where the C library has it
// flags: -fstack-protector-all
#include <stdio.h>
#include <string.h>
__attribute__((noinline)) static int fill(const char *text) {
  char buffer[32];
  strcpy(buffer, text);
  return buffer[0] + buffer[4];
}
int main(void) { printf("%d\n", fill("hello")); }
