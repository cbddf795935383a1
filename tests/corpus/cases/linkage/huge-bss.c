// about: a gigabyte of zeroes is no file and no memory until it is touched, and both ends are there
#include <stdio.h>
static char huge[1l << 30];
int main(int count, char **arguments) {
  (void)arguments;
  long last = sizeof huge - (long)count;
  huge[0] = 1, huge[last] = 2, huge[last / 2] = 3;
  printf("%d %d %d %d\n", huge[0], huge[last / 2], huge[last], huge[last / 3]);
}
