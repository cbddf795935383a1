// about: -femulated-tls gives thread-locals without the linker's help, so that jit takes them too
// flags: -femulated-tls
// program: main.c other.c
//--- main.c
#include <pthread.h>
#include <stdio.h>
extern _Thread_local int shared;
static _Thread_local int own = 2;
static _Thread_local _Alignas(64) char zero[100];
int add(int);
static void *work(void *argument) {
  (void)argument;
  own++, zero[50]++;
  return (void *)(long)(add(own) * 10 + zero[50]);
}
int main(void) {
  shared = 5;
  for (int i = 0; i < 2; i++) {
    pthread_t thread;
    void *value;
    pthread_create(&thread, 0, work, 0);
    pthread_join(thread, &value);
    printf("thread %ld\n", (long)value);
  }
  printf("main %d %d\n", add(1), own);
}
//--- other.c
_Thread_local int shared = 1000;
int add(int amount) { return shared += amount; }
