// about: errno, which is thread-local in the C library, is the calling thread's
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void *work(void *argument) {
  int before = errno;
  close(-1);
  *(int *)argument = before == 0 && errno == EBADF;
  return 0;
}
int main(void) {
  pthread_t thread;
  int good = 0;
  errno = ENOENT;
  pthread_create(&thread, 0, work, &good);
  pthread_join(thread, 0);
  printf("thread %s, main %s\n", good ? "has its own" : "has another's",
         errno == ENOENT ? "keeps its own" : "lost its own");
}
