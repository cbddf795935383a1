// about: the program ends while its threads still run
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>
static sem_t started;
static void *forever(void *argument) {
  (void)argument;
  sem_post(&started);
  for (;;)
    pause();
}
int main(void) {
  sem_init(&started, 0, 0);
  for (int i = 0; i < 8; i++) {
    pthread_t thread;
    pthread_create(&thread, 0, forever, 0);
    pthread_detach(thread);
  }
  for (int i = 0; i < 8; i++)
    sem_wait(&started);
  puts("eight threads run");
  return 5;
}
