// about: with -fcommon tentative definitions in several units are one variable, of the largest size
// flags: -fcommon
// program: main.c other.c
//--- main.c
#include <stdio.h>
int shared;
int initialised;
char buffer[4];
int touch(void);
int main(void) {
  shared = 5;
  int last = touch();
  printf("%d %d %d\n", shared, initialised, last);
}
//--- other.c
int shared;
int initialised = 30;
char buffer[4096];
int touch(void) {
  shared++;
  buffer[4095] = 9;
  return buffer[4095];
}
