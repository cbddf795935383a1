// about: a large switch becomes a table of relative addresses, and every entry leads to its case
#include <stdio.h>
#define CASE(N) case N: return N * 7 % 101 + (N & 3) * depth(N);
#define CASES(N) CASE(N) CASE(N + 1) CASE(N + 2) CASE(N + 3) CASE(N + 4) CASE(N + 5) CASE(N + 6) CASE(N + 7)
#define MANY(N) CASES(N) CASES(N + 8) CASES(N + 16) CASES(N + 24) CASES(N + 32) CASES(N + 40)
static volatile int factor = 3;
static int depth(int n) { return n % factor; }
__attribute__((noinline)) static int choose(int n) {
  switch (n) { MANY(0) MANY(48) MANY(96) MANY(144) MANY(192) }
  return -1;
}
int main(void) {
  unsigned sum = 0;
  for (int n = -2; n < 245; n++)
    sum = sum * 5 + (unsigned)choose(n);
  printf("%u\n", sum);
}
