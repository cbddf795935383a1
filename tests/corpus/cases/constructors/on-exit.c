// about: a handler of on_exit gets the status and its argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
static int number = 17;
static void handler(int status, void *argument) {
  printf("status %d, argument %d\n", status, *(int *)argument);
}
int main(void) {
  on_exit(handler, &number);
  exit(9);
}
