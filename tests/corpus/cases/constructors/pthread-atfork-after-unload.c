// about: handlers of pthread_atfork go with the library that registered them
// library handlers: handlers.c
// library forks: forks.c
// step: load handlers
// step: load forks
// step: call handlers enlist
// step: call forks run
// step: unload handlers
// step: call forks run
//--- handlers.c
#include <pthread.h>
#include <unistd.h>
static void prepare(void) { write(1, "prepare\n", 8); }
static int prepared;
static void parent(void) { prepared++; }
int enlist(void) { return pthread_atfork(prepare, parent, 0); }
//--- forks.c
#include <sys/wait.h>
#include <unistd.h>
int run(void) {
  int status = -1;
  pid_t child = fork();
  if (child == 0)
    _exit(21);
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}
