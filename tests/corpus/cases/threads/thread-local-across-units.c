// about: a thread-local variable of one unit is the same one in another
// refused jit: thread-local
// program: main.c other.c
//--- main.c
#include <pthread.h>
#include <stdio.h>
extern _Thread_local int shared;
int add(int);
static void *work(void *argument) {
  add(1);
  shared += 10;
  *(int *)argument = add(100);
  return 0;
}
int main(void) {
  int result;
  pthread_t thread;
  shared = 5;
  pthread_create(&thread, 0, work, &result);
  pthread_join(thread, 0);
  printf("thread %d, main %d\n", result, add(1));
}
//--- other.c
_Thread_local int shared = 1000;
int add(int amount) { return shared += amount; }
