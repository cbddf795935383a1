// about: a strong definition in a later unit replaces a weak one, for functions and variables
// program: main.c strong.c
//--- main.c
#include <stdio.h>
__attribute__((weak)) int choose(void) { return 1; }
__attribute__((weak)) int setting = 10;
__attribute__((weak)) int kept(void) { return 100; }
int main(void) { printf("%d %d %d\n", choose(), setting, kept()); }
//--- strong.c
int choose(void) { return 2; }
int setting = 20;
