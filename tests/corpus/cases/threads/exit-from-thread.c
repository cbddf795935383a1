// about: exit called by a thread that is not the first ends the program with its status, handlers run once
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void handler(void) { puts("handler"); }
__attribute__((destructor)) static void end(void) { puts("destructor"); }
static void *work(void *argument) {
  (void)argument;
  exit(19);
}
int main(void) {
  pthread_t thread;
  atexit(handler);
  pthread_create(&thread, 0, work, 0);
  pthread_join(thread, 0);
  return 1;
}
