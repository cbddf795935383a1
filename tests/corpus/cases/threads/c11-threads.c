// about: threads.h of C11: threads, mutexes, conditions, thread-specific storage and call_once
// flags: -std=c11
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>
static once_flag flag = ONCE_FLAG_INIT;
static mtx_t lock;
static cnd_t changed;
static tss_t storage;
static int once, destroyed, arrived;
static void first(void) { once++; }
static void destroy(void *value) {
  destroyed += *(int *)value;
  free(value);
}
static int work(void *argument) {
  call_once(&flag, first);
  int *value = malloc(sizeof *value);
  *value = *(int *)argument;
  tss_set(storage, value);
  mtx_lock(&lock);
  arrived++;
  cnd_signal(&changed);
  mtx_unlock(&lock);
  return *value * 2;
}
int main(void) {
  mtx_init(&lock, mtx_plain);
  cnd_init(&changed);
  tss_create(&storage, destroy);
  thrd_t threads[4];
  int numbers[4] = {1, 20, 300, 4000}, sum = 0;
  for (int i = 0; i < 4; i++)
    thrd_create(&threads[i], work, &numbers[i]);
  mtx_lock(&lock);
  while (arrived < 4)
    cnd_wait(&changed, &lock);
  mtx_unlock(&lock);
  for (int i = 0; i < 4; i++) {
    int result;
    thrd_join(threads[i], &result);
    sum += result;
  }
  printf("once %d, sum %d, destroyed %d\n", once, sum, destroyed);
}
