// about: a child executes another program, whose output and status come back
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  int ends[2], status;
  char text[100] = "";
  pipe(ends);
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 1);
    close(ends[0]), close(ends[1]);
    execlp("sh", "sh", "-c", "echo from the shell; exit 3", (char *)0);
    _exit(127);
  }
  close(ends[1]);
  read(ends[0], text, sizeof text - 1);
  waitpid(child, &status, 0);
  printf("%d: %s", WEXITSTATUS(status), text);
}
