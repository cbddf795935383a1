// about: a handler that registers another while exit runs has it run too
#include <stdio.h>
#include <stdlib.h>
static void late(void) { puts("registered while exiting"); }
static void handler(void) { puts("first handler"); atexit(late); }
int main(void) {
  atexit(handler);
  puts("main");
  exit(4);
}
