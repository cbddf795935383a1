// about: two threads hand numbers to each other through a condition variable
#include <pthread.h>
#include <stdio.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int number, full;
static void *produce(void *argument) {
  (void)argument;
  for (int i = 1; i <= 100; i++) {
    pthread_mutex_lock(&lock);
    while (full)
      pthread_cond_wait(&changed, &lock);
    number = i, full = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
  }
  return 0;
}
int main(void) {
  pthread_t thread;
  long sum = 0;
  pthread_create(&thread, 0, produce, 0);
  for (int i = 1; i <= 100; i++) {
    pthread_mutex_lock(&lock);
    while (!full)
      pthread_cond_wait(&changed, &lock);
    sum += number, full = 0;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
  }
  pthread_join(thread, 0);
  printf("sum %ld\n", sum);
}
