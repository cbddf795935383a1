// about: destructors of thread-specific data run when a thread of the library ends
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static pthread_key_t key;
static void destroy(void *value) {
  printf("destroy %d\n", *(int *)value);
  free(value);
}
static void *work(void *argument) {
  int *value = malloc(sizeof *value);
  *value = *(int *)argument;
  pthread_setspecific(key, value);
  printf("work %d\n", *(int *)pthread_getspecific(key));
  return 0;
}
int main(void) {
  pthread_key_create(&key, destroy);
  for (int i = 1; i <= 3; i++) {
    pthread_t thread;
    pthread_create(&thread, 0, work, &i);
    pthread_join(thread, 0);
  }
  puts(pthread_getspecific(key) ? "main has a value" : "main has none");
  pthread_key_delete(key);
}
