// about: megabytes of initialised data, constant and variable, arrive whole
#include <stdio.h>
#define ROW(N) {N, N + 1, N + 2, N + 3, N + 4, N + 5, N + 6, N + 7},
#define ROWS(N) ROW(N) ROW(N * 3) ROW(N * 5) ROW(N * 7) ROW(N * 11) ROW(N * 13) ROW(N * 17) ROW(N * 19)
#define MANY(N) ROWS(N) ROWS(N + 2) ROWS(N + 4) ROWS(N + 6) ROWS(N + 8) ROWS(N + 10) ROWS(N + 12)
static const int table[][8] = {MANY(1) MANY(100) MANY(200) MANY(300) MANY(400) MANY(500)};
static int zero_then_end[1 << 20] = {[(1 << 20) - 1] = 42};
int main(int count, char **arguments) {
  (void)arguments;
  unsigned long sum = 0;
  for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
    for (int j = 0; j < 8; j += count)
      sum = sum * 31 + (unsigned)table[i][j];
  printf("%lu %d %d\n", sum, zero_then_end[(1 << 20) - count], zero_then_end[count]);
}
