// about: pthread_once runs its function once, however many threads ask
#include <pthread.h>
#include <stdio.h>
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int times, sum;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void first(void) { times++; }
static void *work(void *argument) {
  pthread_once(&once, first);
  pthread_mutex_lock(&lock);
  sum += *(int *)argument + times;
  pthread_mutex_unlock(&lock);
  return 0;
}
int main(void) {
  pthread_t threads[8];
  int one = 1;
  for (int i = 0; i < 8; i++)
    pthread_create(&threads[i], 0, work, &one);
  for (int i = 0; i < 8; i++)
    pthread_join(threads[i], 0);
  printf("ran %d times, sum %d\n", times, sum);
}
