// about: threads started by the driver run library code at the same time and meet at a barrier
// library meet: meet.c
// step: load meet
// step: start meet arrive
// step: start meet arrive
// step: call meet arrive
// step: join
// step: call meet count
//--- meet.c
#include <pthread.h>
static pthread_barrier_t barrier;
static int arrived;
__attribute__((constructor)) static void begin(void) { pthread_barrier_init(&barrier, 0, 3); }
int arrive(void) {
  __atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST);
  pthread_barrier_wait(&barrier);
  return 0;
}
int count(void) { return arrived; }
