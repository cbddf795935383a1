// about: builtins that become instructions or calls to helpers
#include <stdio.h>
#include <string.h>
int main(int count, char **arguments) {
  (void)arguments;
  volatile int x = 0x12345678;
  volatile long long y = 0x7fffffffffffffff;
  int sum;
  long long product;
  int overflow = __builtin_add_overflow(x, 0x7fffffff, &sum);
  overflow += __builtin_mul_overflow(y, (long long)count + 1, &product) * 2;
  printf("%d %d %d\n", __builtin_popcountll((unsigned long long)y), __builtin_clz((unsigned)x), __builtin_ctz((unsigned)x));
  printf("%d %d %x %x\n", overflow, __builtin_parity((unsigned)x), __builtin_bswap32((unsigned)x),
         __builtin_rotateleft32((unsigned)x, 12));
  char buffer[64];
  __builtin_memset(buffer, 'a' + count, sizeof buffer);
  buffer[10 * count] = 0;
  printf("%zu %s\n", __builtin_strlen(buffer), __builtin_constant_p(count) ? "constant" : "variable");
  printf("%d\n", __builtin_ffsll((long long)count << 40) + __builtin_clrsb(x));
}
