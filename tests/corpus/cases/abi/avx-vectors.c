// about: 32-byte vectors in registers, where the processor has AVX, as arguments and spilled to an aligned stack
#include <stdio.h>
#if defined __x86_64__
typedef double doubles __attribute__((vector_size(32)));
__attribute__((target("avx"), noinline)) static doubles blend(doubles a, int scale, doubles b) {
  volatile doubles kept = a;
  return kept * (double)scale + b;
}
__attribute__((target("avx"), noinline)) static double run(void) {
  volatile double seed = 1.5;
  doubles a = {seed, 2, 3, 4}, b = {10, 20, 30, seed};
  doubles c = blend(a, 2, b);
  return c[0] * 1000 + c[1] * 100 + c[2] * 10 + c[3];
}
int main(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx"))
    puts("no AVX");
  else
    printf("%.2f\n", run());
}
#else
int main(void) { puts("no AVX"); }
#endif
