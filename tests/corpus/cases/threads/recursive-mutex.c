// about: recursive and error-checking mutexes behave as their type says
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
int main(void) {
  pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  pthread_mutex_t checked = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
  pthread_mutex_lock(&recursive);
  int twice = pthread_mutex_lock(&recursive);
  pthread_mutex_lock(&checked);
  int deadlock = pthread_mutex_lock(&checked);
  printf("recursive %s, checked %s\n", twice ? "refused" : "taken twice",
         deadlock == EDEADLK ? "tells the deadlock" : "does not tell");
}
