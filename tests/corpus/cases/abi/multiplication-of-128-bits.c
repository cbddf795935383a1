// about: products of 128 bits are checked for overflow
#include <stdio.h>
volatile __int128 left = (__int128)1 << 100;
volatile __int128 right = 3;
int main(void) {
  __int128 product;
  int overflow = __builtin_mul_overflow(left, right, &product);
  printf("%d %llx\n", overflow, (unsigned long long)(product >> 64));
  overflow = __builtin_mul_overflow(left, left, &product);
  printf("%d\n", overflow);
}
