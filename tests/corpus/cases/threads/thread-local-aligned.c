// about: over-aligned and large thread-local variables keep alignment and content in each thread
// refused jit: thread-local
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
static _Thread_local _Alignas(256) char aligned[3] = "xy";
static _Thread_local char large[200000] = {[199999] = 9};
static void *look(void *argument) {
  (void)argument;
  int good = (uintptr_t)aligned % 256 == 0 && aligned[1] == 'y' && large[199999]++ == 9;
  return (void *)(long)good;
}
int main(void) {
  int good = look(0) != 0;
  for (int i = 0; i < 4; i++) {
    pthread_t thread;
    void *value;
    pthread_create(&thread, 0, look, 0);
    pthread_join(thread, &value);
    good += value != 0;
  }
  printf("%d of 5 threads find it aligned and fresh\n", good);
}
