// about: five thousand functions and a table of pointers to them
// levels: O0
#include <stdio.h>
#define F(N) int f##N(int x) { return x + 0x##N; }
#define F10(N) F(N##0) F(N##1) F(N##2) F(N##3) F(N##4) F(N##5) F(N##6) F(N##7) F(N##8) F(N##9)
#define F100(N) F10(N##0) F10(N##1) F10(N##2) F10(N##3) F10(N##4) F10(N##5) F10(N##6) F10(N##7) F10(N##8) F10(N##9)
#define F1000(N) F100(N##0) F100(N##1) F100(N##2) F100(N##3) F100(N##4) F100(N##5) F100(N##6) F100(N##7) F100(N##8) F100(N##9)
F1000(1) F1000(2) F1000(3) F1000(4) F1000(5)
#define P(N) f##N,
#define P10(N) P(N##0) P(N##1) P(N##2) P(N##3) P(N##4) P(N##5) P(N##6) P(N##7) P(N##8) P(N##9)
#define P100(N) P10(N##0) P10(N##1) P10(N##2) P10(N##3) P10(N##4) P10(N##5) P10(N##6) P10(N##7) P10(N##8) P10(N##9)
#define P1000(N) P100(N##0) P100(N##1) P100(N##2) P100(N##3) P100(N##4) P100(N##5) P100(N##6) P100(N##7) P100(N##8) P100(N##9)
static int (*const all[])(int) = {P1000(1) P1000(2) P1000(3) P1000(4) P1000(5)};
int main(void) {
  unsigned sum = 0;
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
    sum += (unsigned)all[i]((int)i);
  printf("%zu functions, sum %u\n", sizeof all / sizeof *all, sum);
}
