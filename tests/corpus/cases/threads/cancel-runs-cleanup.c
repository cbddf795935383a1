// about: a cancelled thread runs its cleanup handlers: forced unwinding goes through the library's frames
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
static sem_t inside, never;
static void clean(void *argument) { printf("clean %s\n", (const char *)argument); }
__attribute__((noinline)) static void wait_forever(void) {
  pthread_cleanup_push(clean, "inner");
  sem_post(&inside);
  sem_wait(&never);
  pthread_cleanup_pop(0);
}
static void *work(void *argument) {
  (void)argument;
  pthread_cleanup_push(clean, "outer");
  wait_forever();
  pthread_cleanup_pop(0);
  return 0;
}
int main(void) {
  pthread_t thread;
  void *result;
  sem_init(&inside, 0, 0);
  sem_init(&never, 0, 0);
  pthread_create(&thread, 0, work, 0);
  sem_wait(&inside);
  pthread_cancel(thread);
  pthread_join(thread, &result);
  puts(result == PTHREAD_CANCELED ? "cancelled" : "not cancelled");
}
