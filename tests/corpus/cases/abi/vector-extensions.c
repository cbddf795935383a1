// about: vectors longer than any register, converted, shuffled and compared
#include <stdio.h>
typedef int wide __attribute__((vector_size(64)));
typedef float wide_float __attribute__((vector_size(64)));
typedef signed char bytes __attribute__((vector_size(16)));
int main(int count, char **arguments) {
  (void)arguments;
  wide numbers, others;
  for (int i = 0; i < 16; i++)
    numbers[i] = i * i * count, others[i] = 100 - i;
  wide_float real = __builtin_convertvector(numbers, wide_float) / 3;
  wide greater = numbers > others;
  int sum = __builtin_reduce_add(numbers & greater);
  bytes packed = __builtin_convertvector(numbers >> 1, bytes);
  printf("%d %.3f %d %d\n", sum, (double)real[10], packed[9], packed[15]);
}
