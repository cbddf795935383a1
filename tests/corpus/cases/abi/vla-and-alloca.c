// about: variable-length arrays and alloca, in loops, recursion and with large sizes
#include <alloca.h>
#include <stdio.h>
__attribute__((noinline)) static long sum(int n) {
  int numbers[n];
  char *bytes = alloca((size_t)n * 100);
  for (int i = 0; i < n; i++)
    numbers[i] = i, bytes[i * 100] = (char)i;
  long total = 0;
  for (int i = 0; i < n; i++)
    total += numbers[i] + bytes[i * 100];
  return n > 1 ? total + sum(n / 2) : total;
}
__attribute__((noinline)) static int matrix(int rows, int columns, int cells[rows][columns]) {
  return cells[rows - 1][columns - 1] + (int)(sizeof cells[0] / sizeof(int));
}
int main(void) {
  volatile int n = 3000;
  int cells[n / 1000][n / 500];
  cells[2][5] = 40;
  printf("%ld %d\n", sum(n), matrix(n / 1000, n / 500, cells));
}
