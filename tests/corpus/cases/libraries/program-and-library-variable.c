// about: a program reads and writes its library's variable, also large and constant ones
// library base: base.c
// program: main.c with base
//--- base.c
int counter = 10;
long table[1000] = {[999] = 77};
const char text[] = "text of the library";
const char *const texts[] = {text, "second"};
int next(void) { return ++counter; }
//--- main.c
#include <stdio.h>
extern int counter;
extern long table[1000];
extern const char text[];
extern const char *const texts[];
int next(void);
int main(void) {
  counter = 100;
  int value = next();
  printf("%d %d %ld %s %s %d\n", value, counter, table[999], text, texts[1], texts[0] == text);
}
