// about: big structs returned through memory, directly and through pointers, across a library's border
// library maker: maker.c
// program: main.c with maker
//--- big.h
struct big { double matrix[4][4]; char name[40]; };
struct big make(int seed, const char *name);
struct big transpose(struct big value);
struct big (*choose(int which))(struct big);
//--- maker.c
#include <stdio.h>
#include "big.h"
struct big make(int seed, const char *name) {
  struct big result = {0};
  for (int i = 0; i < 16; i++)
    result.matrix[i / 4][i % 4] = seed + i * 0.5;
  snprintf(result.name, sizeof result.name, "%s %d", name, seed);
  return result;
}
struct big transpose(struct big value) {
  struct big result = value;
  for (int i = 0; i < 16; i++)
    result.matrix[i / 4][i % 4] = value.matrix[i % 4][i / 4];
  return result;
}
static struct big same(struct big value) { return value; }
struct big (*choose(int which))(struct big) { return which ? transpose : same; }
//--- main.c
#include <stdio.h>
#include "big.h"
int main(void) {
  struct big turned = choose(1)(choose(0)(make(3, "matrix")));
  printf("%s %.1f %.1f %.1f\n", turned.name, turned.matrix[0][3], turned.matrix[3][0], turned.matrix[2][2]);
}
