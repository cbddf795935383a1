// about: names with dollars, dots, spaces and letters beyond ASCII are symbols like others
// program: main.c other.c
//--- main.c
#include <stdio.h>
int with$dollar(void);
int größe(void);
int 数(void);
int spaced(void) __asm__("a name with spaces");
int dotted(void) __asm__("name.with.dots");
int main(void) { printf("%d %d %d %d %d\n", with$dollar(), größe(), 数(), spaced(), dotted()); }
//--- other.c
int with$dollar(void) { return 1; }
int größe(void) { return 22; }
int 数(void) { return 333; }
int spaced(void) __asm__("a name with spaces");
int spaced(void) { return 4444; }
int dotted(void) __asm__("name.with.dots");
int dotted(void) { return 55555; }
