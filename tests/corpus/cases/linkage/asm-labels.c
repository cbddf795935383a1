// about: a declaration's asm label names the symbol that is meant
// program: main.c other.c
//--- main.c
#include <stdio.h>
int local_name(int) __asm__("exported_name");
extern int variable __asm__("exported_variable");
int main(void) {
  volatile int x = 5;
  printf("%d %d\n", local_name(x), variable);
}
//--- other.c
int exported_name(int x) { return x * 9; }
int exported_variable = 31;
