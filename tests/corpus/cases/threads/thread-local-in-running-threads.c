// about: a thread that ran before the library was loaded gets its own copy too
// refused jit: thread-local
// library runner: runner.c
// library late: late.c
// step: load runner
// step: call runner start
// step: load late
// step: call late offer
// step: call runner run_offered
// step: call late bump
// step: call runner stop
//--- runner.c
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
static sem_t wanted, done;
static int result;
int (*volatile offered)(void);
int (**volatile offer_place)(void);
static pthread_t thread;
static void *loop(void *argument) {
  (void)argument;
  for (;;) {
    sem_wait(&wanted);
    if (!offered)
      return 0;
    result = offered();
    sem_post(&done);
  }
}
#include <stdio.h>
#include <stdlib.h>
int start(void) {
  sem_init(&wanted, 0, 0);
  sem_init(&done, 0, 0);
  char text[32];
  snprintf(text, sizeof text, "%p", (void *)&offered);
  setenv("OFFERED", text, 1);
  return pthread_create(&thread, 0, loop, 0);
}
int run_offered(void) {
  sem_post(&wanted);
  sem_wait(&done);
  return result;
}
int stop(void) {
  offered = 0;
  sem_post(&wanted);
  return pthread_join(thread, 0);
}
//--- late.c
#include <stdlib.h>
static _Thread_local int level = 50;
int bump(void) { return ++level; }
int offer(void) {
  *(int (**)(void))(size_t)strtoull(getenv("OFFERED"), 0, 16) = bump;
  return bump();
}
