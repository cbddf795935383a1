// about: guaranteed tail calls run in constant stack
#include <stdio.h>
static int odd(long n);
__attribute__((noinline)) static int even(long n) {
  if (n == 0)
    return 1;
  __attribute__((musttail)) return odd(n - 1);
}
__attribute__((noinline)) static int odd(long n) {
  if (n == 0)
    return 0;
  __attribute__((musttail)) return even(n - 1);
}
int main(void) {
  volatile long n = 10000001;
  printf("%s\n", even(n) ? "even" : "odd");
}
