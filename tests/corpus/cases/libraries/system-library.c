// about: a system library named by -l is linked, to a library and to a program
// library maths: maths.c -lm
// program: main.c with maths -lm
//--- maths.c
#include <math.h>
double root(double x) { return sqrt(cbrt(x * x * x) * x); }
//--- main.c
#include <math.h>
#include <stdio.h>
double root(double);
int main(void) {
  volatile double x = 7;
  printf("%.6f %.6f\n", root(x), tgamma(x));
}
