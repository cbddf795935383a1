// about: a library that takes its signal handler back in a destructor leaves the process as it was
// library a: a.c
// library b: b.c
// step: load a
// step: load b
// step: call b raise_it
// step: call a count
// step: unload a
// step: call b is_default
//--- a.c
#include <signal.h>
static volatile sig_atomic_t caught;
static void (*before)(int);
static void handle(int number) { caught += number == SIGUSR2; }
int count(void) { return caught; }
__attribute__((constructor)) static void begin(void) { before = signal(SIGUSR2, handle); }
__attribute__((destructor)) static void end(void) { signal(SIGUSR2, before); }
//--- b.c
#include <signal.h>
int raise_it(void) { return raise(SIGUSR2); }
int is_default(void) {
  struct sigaction action;
  sigaction(SIGUSR2, 0, &action);
  return action.sa_handler == SIG_DFL;
}
