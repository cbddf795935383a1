// about: exec replaces the program itself, with its descriptors and its process
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
  char number[32];
  snprintf(number, sizeof number, "%d", (int)getpid());
  setenv("WAS", number, 1);
  fputs("before\n", stdout);
  fflush(stdout);
  execl("/bin/sh", "sh", "-c", "test $$ = $WAS && echo the same process; exit 9", (char *)0);
  return 1;
}
