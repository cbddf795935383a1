// about: _BitInt of 256 and of 13 bits: arithmetic, arguments, results
// flags: -std=c23
#include <stdio.h>
typedef unsigned _BitInt(256) wide;
typedef _BitInt(13) narrow;
__attribute__((noinline)) static wide multiply(wide a, narrow b, wide c) { return a * c + (wide)b; }
int main(void) {
  volatile wide x = ((wide)1 << 200) + 12345;
  volatile narrow y = 4095;
  y = (narrow)(y + 1);
  wide result = multiply(x, y, 1000003) / 97;
  for (int i = 3; i >= 0; i--)
    printf("%016llx", (unsigned long long)(result >> (64 * i)));
  printf(" %d\n", (int)y);
}
