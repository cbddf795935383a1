// about: -march=native compiles for this processor, and what it supports is what is asked at run time
// flags: -march=native -O3
// levels: O3
#include <stdio.h>
int main(int count, char **arguments) {
  (void)arguments;
  int agree = 1;
#if defined __x86_64__
  __builtin_cpu_init();
#ifdef __AVX2__
  agree &= __builtin_cpu_supports("avx2") != 0;
#endif
#ifdef __AVX512F__
  agree &= __builtin_cpu_supports("avx512f") != 0;
#endif
#ifdef __BMI2__
  agree &= __builtin_cpu_supports("bmi2") != 0;
#endif
#endif
  static float numbers[1000];
  for (int i = 0; i < 1000; i++)
    numbers[i] = (float)(i * count);
  long sum = 0;
  for (int i = 0; i < 1000; i++)
    sum += (long)(numbers[i] * 2) & 0xff;
  printf("%s, sum %ld\n", agree ? "compiled for this processor" : "for another", sum);
}
