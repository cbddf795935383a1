// about: -ffast-math computes within its licence
// flags: -ffast-math
// program: fast-math.c -lm
//--- fast-math.c
#include <math.h>
#include <stdio.h>
int main(void) {
  volatile double x = 0.75;
  double sum = 0;
  for (int i = 1; i <= 1000; i++)
    sum += sin(x * i) / i;
  printf("%.6f %.6f\n", sum, pow(x, 2.5) + exp(x));
}
