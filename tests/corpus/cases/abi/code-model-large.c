// about: -mcmodel=large reaches everything by 64-bit addresses
// flags: -mcmodel=large
// program: main.c other.c
//--- main.c
#include <stdio.h>
extern int variable;
int other(int);
static int (*const table[])(int) = {other};
int main(void) {
  variable = 3;
  printf("%d %d\n", other(4), table[0](5));
}
//--- other.c
int variable = 1;
static int own = 10;
int other(int x) { return x * variable + own++; }
