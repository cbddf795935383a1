// about: long double arithmetic, arguments, results and the C library's functions of it
// program: long-double.c -lm
//--- long-double.c
#include <math.h>
#include <stdio.h>
__attribute__((noinline)) static long double mix(int a, long double b, double c, long double d) {
  return a * b + c / d;
}
int main(void) {
  volatile long double x = 2.0L, third = 1.0L / 3;
  printf("%.15Lf %.15Lf\n", mix(3, x, 4.5, third), sqrtl(x));
  printf("%.3Le %d\n", powl(x, 5000), (int)(x * third * 1e18L > 6e17L));
  long double (*volatile root)(long double) = cbrtl;
  printf("%.12Lf\n", root(x * 4));
}
