// about: atomics of 16 bytes through libatomic
// program: atomics-16.c -latomic
//--- atomics-16.c
#include <pthread.h>
#include <stdio.h>
struct pair { long a, b; };
static _Atomic struct pair shared;
static void *work(void *argument) {
  (void)argument;
  for (int i = 0; i < 1000; i++) {
    struct pair old = shared, new;
    do
      new = (struct pair){old.a + 1, old.b - 1};
    while (!__c11_atomic_compare_exchange_strong(&shared, &old, new, 5, 5));
  }
  return 0;
}
int main(void) {
  pthread_t threads[3];
  for (int i = 0; i < 3; i++)
    pthread_create(&threads[i], 0, work, 0);
  for (int i = 0; i < 3; i++)
    pthread_join(threads[i], 0);
  struct pair result = shared;
  printf("%ld %ld\n", result.a, result.b);
}
