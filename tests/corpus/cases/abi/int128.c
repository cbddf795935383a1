// about: 128-bit integers: arithmetic with the compiler's helpers, arguments and results
#include <stdio.h>
typedef unsigned __int128 wide;
typedef __int128 signed_wide;
__attribute__((noinline)) static wide combine(int a, wide b, char c, wide d) { return b * d + a - c; }
int main(void) {
  volatile wide big = ((wide)0x123456789abcdef0 << 64) | 0xfedcba9876543210;
  volatile signed_wide negative = -((signed_wide)1 << 100);
  wide product = combine(5, big, 'x', 1000003);
  printf("%016llx%016llx\n", (unsigned long long)(product >> 64), (unsigned long long)product);
  wide quotient = big / 1234567891011, rest = big % 1234567891011;
  printf("%016llx%016llx %llu\n", (unsigned long long)(quotient >> 64), (unsigned long long)quotient,
         (unsigned long long)rest);
  printf("%lld %.6e\n", (long long)(negative / 1000000007 >> 64), (double)negative);
}
