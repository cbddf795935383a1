// about: -fsanitize=undefined brings its runtime, which reports and lets the program go on
// flags: -fsanitize=undefined
#include <stdio.h>
int main(int count, char **arguments) {
  (void)arguments;
  volatile int by = 40 * count, largest = 0x7fffffff;
  freopen("/dev/null", "w", stderr);
  volatile int shifted = count << by;
  (void)shifted;
  printf("%d\n", largest + count);
}
