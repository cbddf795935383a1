// about: of two weak definitions the first unit's is taken, by all units
// program: main.c first.c second.c
//--- main.c
#include <stdio.h>
int choose(void);
int from_first(void), from_second(void);
int main(void) { printf("%d %d %d\n", choose(), from_first(), from_second()); }
//--- first.c
__attribute__((weak)) int choose(void) { return 1; }
int from_first(void) { return choose() * 10; }
//--- second.c
__attribute__((weak)) int choose(void) { return 2; }
int from_second(void) { return choose() * 100; }
