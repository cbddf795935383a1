// about: clones of a function for several processors, one chosen at load time
// refused jit: ifunc
#include <stdio.h>
__attribute__((target_clones("avx2", "default"))) int sum(const int *numbers, int count) {
  int sum = 0;
  for (int i = 0; i < count; i++)
    sum += numbers[i];
  return sum;
}
int main(void) {
  int numbers[100];
  for (int i = 0; i < 100; i++)
    numbers[i] = i * i;
  printf("%d\n", sum(numbers, 100));
}
