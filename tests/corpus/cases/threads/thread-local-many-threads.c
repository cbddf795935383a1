// about: 32 threads at once each keep their own thread-local array
// refused jit: thread-local
#include <pthread.h>
#include <stdio.h>
enum { THREADS = 32, LENGTH = 1000 };
static _Thread_local int numbers[LENGTH];
static pthread_barrier_t barrier;
static void *work(void *argument) {
  int base = *(int *)argument;
  for (int i = 0; i < LENGTH; i++)
    numbers[i] = base + i;
  pthread_barrier_wait(&barrier);
  int wrong = 0;
  for (int i = 0; i < LENGTH; i++)
    wrong += numbers[i] != base + i;
  return (void *)(long)wrong;
}
int main(void) {
  pthread_t threads[THREADS];
  int bases[THREADS];
  long wrong = 0;
  pthread_barrier_init(&barrier, 0, THREADS);
  for (int i = 0; i < THREADS; i++) {
    bases[i] = i * 1000;
    pthread_create(&threads[i], 0, work, &bases[i]);
  }
  for (int i = 0; i < THREADS; i++) {
    void *count;
    pthread_join(threads[i], &count);
    wrong += (long)count;
  }
  printf("%ld numbers of other threads, %d of main's not zero\n", wrong, numbers[5] != 0);
}
