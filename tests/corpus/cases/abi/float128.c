// about: __float128 computed by the compiler's helpers
#include <stdio.h>
typedef __float128 quad;
__attribute__((noinline)) static quad combine(quad a, int b, quad c) { return a * b / c + 1; }
int main(void) {
  volatile quad x = 10, y = 3;
  quad result = combine(x, 7, y);
  printf("%.15f %d\n", (double)result, (int)(result > 24) + (int)(result < 25) * 2);
  printf("%lld\n", (long long)(combine(y, 1000, x) * 1000));
}
