// about: complex numbers of each width as arguments, results and in the C library
// program: complex.c -lm
//--- complex.c
#include <complex.h>
#include <stdio.h>
__attribute__((noinline)) static float complex f(float complex a, int b) { return a * a + b; }
__attribute__((noinline)) static double complex d(int a, double complex b) { return b / (a + 2 * I); }
__attribute__((noinline)) static long double complex l(long double complex a) { return a * (1 - I); }
int main(void) {
  volatile float complex x = 1.5f + 2 * I;
  volatile double complex y = 3 - 4 * I;
  volatile long double complex z = 0.5L + 0.25L * I;
  printf("%.3f %.3f\n", crealf(f(x, 2)), cimagf(f(x, 2)));
  printf("%.6f %.6f\n", creal(d(1, y)), cimag(d(1, y)));
  printf("%.6Lf %.6Lf\n", creall(l(z)), cimagl(l(z)));
  double complex root = csqrt(y);
  printf("%.6f %.6f %.6f\n", creal(root), cimag(root), cabs(y));
}
