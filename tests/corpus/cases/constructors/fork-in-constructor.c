// about: a constructor may fork and start threads, as it may in a shared object
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
static int status = -1, computed;
static void *compute(void *argument) {
  computed = *(int *)argument * 2;
  return 0;
}
__attribute__((constructor)) static void begin(void) {
  pid_t child = fork();
  if (child == 0)
    _exit(13);
  waitpid(child, &status, 0);
  pthread_t thread;
  int number = 21;
  pthread_create(&thread, 0, compute, &number);
  pthread_join(thread, 0);
}
int main(void) { printf("child %d, thread %d\n", WEXITSTATUS(status), computed); }
