// about: a thread that a constructor starts serves calls; the library is unloaded once it is told to stop
// library service: service.c
// step: load service
// step: call service ask
// step: call service ask
// step: refused-unload service runs its code
// step: call service ask
// step: call service finish
// step: unload service
// step: load service
// step: call service ask
//--- service.c
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
static sem_t wanted, done;
static pthread_t thread;
static int answer, stop;
static void *serve(void *argument) {
  (void)argument;
  for (;;) {
    sem_wait(&wanted);
    if (stop)
      return 0;
    answer += 11;
    sem_post(&done);
  }
}
int ask(void) {
  sem_post(&wanted);
  sem_wait(&done);
  return answer;
}
__attribute__((constructor)) static void begin(void) {
  sem_init(&wanted, 0, 0);
  sem_init(&done, 0, 0);
  pthread_create(&thread, 0, serve, 0);
}
int finish(void) {
  if (!stop) {
    stop = 1;
    sem_post(&wanted);
    pthread_join(thread, 0);
  }
  return answer;
}
__attribute__((destructor)) static void end(void) {
  printf("service ended at %d\n", finish());
}
