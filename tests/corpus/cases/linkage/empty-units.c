// about: units with nothing, with data only and with constructors only take part
// program: nothing.c data.c constructor.c main.c
//--- nothing.c
typedef int nothing;
//--- data.c
int numbers[3] = {1, 2, 3};
//--- constructor.c
extern int numbers[3];
__attribute__((constructor)) static void begin(void) { numbers[1] = 20; }
//--- main.c
#include <stdio.h>
extern int numbers[3];
int main(void) { printf("%d %d %d\n", numbers[0], numbers[1], numbers[2]); }
