// about: program calls library calls program, several levels deep, with data handed through
// library walker: walker.c
// program: main.c with walker
//--- walker.c
int walk(int depth, int (*visit)(int, void *), void *context) {
  return depth == 0 ? visit(0, context) : visit(depth, context) + walk(depth - 1, visit, context);
}
//--- main.c
#include <stdio.h>
int walk(int, int (*)(int, void *), void *);
static int inner(int depth, void *context) { return depth + *(int *)context; }
static int outer(int depth, void *context) { return walk(depth, inner, context); }
int main(void) {
  int ten = 10;
  printf("%d\n", walk(5, outer, &ten));
}
