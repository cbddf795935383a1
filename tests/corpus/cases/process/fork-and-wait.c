// about: children run the loaded code, with buffers and variables of their own
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static int shared = 1;
int main(void) {
  int sum = 0;
  printf("flushed before\n");
  fflush(stdout);
  for (int i = 1; i <= 3; i++) {
    pid_t child = fork();
    if (child == 0) {
      shared += i * 10;
      exit(shared);
    }
    int status;
    waitpid(child, &status, 0);
    sum += WEXITSTATUS(status);
  }
  printf("sum %d, shared %d\n", sum, shared);
}
