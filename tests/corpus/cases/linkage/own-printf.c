// about: a program's own function goes before the C library's of the same name
// flags: -fno-builtin
// program: main.c own.c
//--- main.c
#include <stdio.h>
int main(void) {
  printf("text %d\n", 5);
  fputs("from the C library\n", stdout);
}
//--- own.c
#include <stdio.h>
int printf(const char *format, ...) { return fputs("own printf\n", stdout) + (int)sizeof format; }
