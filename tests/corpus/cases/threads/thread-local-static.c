// about: each thread has its own copy of a static thread-local variable, starting with its first value
// refused jit: thread-local
#include <pthread.h>
#include <stdio.h>
static _Thread_local int counter = 40;
static _Thread_local int zero;
static void *count(void *argument) {
  (void)argument;
  counter += 2, zero += 1;
  return (void *)(long)(counter * 100 + zero);
}
int main(void) {
  counter = 7;
  for (int i = 0; i < 3; i++) {
    pthread_t thread;
    void *value;
    pthread_create(&thread, 0, count, 0);
    pthread_join(thread, &value);
    printf("thread %d: %ld\n", i, (long)value);
  }
  printf("main: %d %d\n", counter, zero);
}
