// about: posix_spawn starts a program with file actions while code is loaded
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
int main(void) {
  pid_t child;
  int status;
  char *arguments[] = {"sh", "-c", "echo spawned; echo not shown >&2; exit 6", 0};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addclose(&actions, 2);
  int error = posix_spawnp(&child, "sh", &actions, 0, arguments, environ);
  waitpid(child, &status, 0);
  printf("error %d, status %d\n", error, WEXITSTATUS(status));
}
