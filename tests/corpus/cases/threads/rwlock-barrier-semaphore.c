// about: read-write locks, barriers, semaphores and spin locks of pthread work between threads of the library
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static sem_t ready;
static int written, seen, serial;
static void *work(void *argument) {
  (void)argument;
  pthread_rwlock_wrlock(&rwlock);
  written++;
  pthread_rwlock_unlock(&rwlock);
  int last = pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
  pthread_rwlock_rdlock(&rwlock);
  int now = written;
  pthread_rwlock_unlock(&rwlock);
  pthread_spin_lock(&spin);
  seen += now, serial += last;
  pthread_spin_unlock(&spin);
  sem_post(&ready);
  return 0;
}
int main(void) {
  pthread_t threads[6];
  pthread_barrier_init(&barrier, 0, 6);
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  sem_init(&ready, 0, 0);
  for (int i = 0; i < 6; i++)
    pthread_create(&threads[i], 0, work, 0);
  for (int i = 0; i < 6; i++)
    sem_wait(&ready);
  for (int i = 0; i < 6; i++)
    pthread_join(threads[i], 0);
  printf("written %d, seen %d, serial %d\n", written, seen, serial);
}
