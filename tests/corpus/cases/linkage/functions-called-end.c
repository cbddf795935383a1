// about: end, etext and edata are names like others when a unit defines them
// program: main.c other.c
//--- main.c
#include <stdio.h>
int end(int), etext(void);
extern int edata;
int main(void) {
  volatile int x = 5;
  printf("%d %d %d\n", end(x), etext(), edata);
}
//--- other.c
int end(int x) { return x * 2; }
int etext(void) { return 3; }
int edata = 4;
