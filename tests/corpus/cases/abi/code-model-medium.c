// about: -mcmodel=medium reaches large data by 64-bit addresses
// flags: -mcmodel=medium
#include <stdio.h>
static char large[100 << 20];
static int table[1 << 16] = {[65535] = 5};
int main(int count, char **arguments) {
  (void)arguments;
  long last = (long)sizeof large - count;
  large[last] = 7, large[count] = 8;
  printf("%d %d %d\n", large[last], large[1], table[65536 - count]);
}
