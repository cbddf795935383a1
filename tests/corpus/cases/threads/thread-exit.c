// about: pthread_exit deep in a thread ends it with a value and runs cleanup handlers
#include <pthread.h>
#include <stdio.h>
static void clean(void *argument) { printf("clean %d\n", *(int *)argument); }
__attribute__((noinline)) static int deep(int levels) {
  if (levels == 0)
    pthread_exit((void *)77L);
  return deep(levels - 1) + 1;
}
static void *work(void *argument) {
  pthread_cleanup_push(clean, argument);
  deep(10);
  pthread_cleanup_pop(0);
  return 0;
}
int main(void) {
  pthread_t thread;
  void *result;
  int number = 5;
  pthread_create(&thread, 0, work, &number);
  pthread_join(thread, &result);
  printf("value %ld\n", (long)result);
}
