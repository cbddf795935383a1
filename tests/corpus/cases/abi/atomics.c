// about: atomics of one to eight bytes, from several threads, and fences
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
static atomic_int count;
static _Atomic unsigned char byte;
static _Atomic long long large;
static _Atomic double real;
static atomic_flag flag = ATOMIC_FLAG_INIT;
static long plain;
static void *work(void *argument) {
  (void)argument;
  for (int i = 0; i < 10000; i++) {
    atomic_fetch_add(&count, 1);
    atomic_fetch_xor_explicit(&byte, 0x55, memory_order_relaxed);
    large += 3;
    real += 0.5;
    while (atomic_flag_test_and_set_explicit(&flag, memory_order_acquire)) {}
    plain++;
    atomic_flag_clear_explicit(&flag, memory_order_release);
  }
  atomic_thread_fence(memory_order_seq_cst);
  return 0;
}
int main(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    pthread_create(&threads[i], 0, work, 0);
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], 0);
  int expected = 40000;
  int swapped = atomic_compare_exchange_strong(&count, &expected, -1);
  printf("%d %d %d %lld %.1f %ld\n", swapped, count, byte, large, real, plain);
}
