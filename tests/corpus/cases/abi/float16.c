// about: _Float16, which the compiler computes with or converts by helper functions
#include <stdio.h>
__attribute__((noinline)) static _Float16 scale(_Float16 x, int n) { return x * n + (_Float16)0.1; }
int main(void) {
  volatile _Float16 x = (_Float16)1.5;
  volatile double exact = 0.3337;
  _Float16 rounded = (_Float16)exact;
  printf("%.6f %.6f\n", (double)scale(x, 3), (double)rounded);
  printf("%.6f\n", (double)(_Float16)((long double)exact * 2));
}
