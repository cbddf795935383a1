// about: the floating-point environment is the default one, and changes to it hold
// flags: -frounding-math
// program: rounding-mode.c -lm
//--- rounding-mode.c
#include <fenv.h>
#include <stdio.h>
int main(void) {
  volatile double one = 1, three = 3;
  printf("%d ", fegetround() == FE_TONEAREST);
  fesetround(FE_UPWARD);
  volatile double up = one / three;
  fesetround(FE_DOWNWARD);
  volatile double down = one / three;
  fesetround(FE_TONEAREST);
  feclearexcept(FE_ALL_EXCEPT);
  volatile double infinite = one / (three - 3);
  printf("%d %d %f\n", up > down, fetestexcept(FE_DIVBYZERO) != 0, infinite);
}
