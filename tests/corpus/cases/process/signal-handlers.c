// about: handlers with information, masks, pending signals and resets
#include <signal.h>
#include <stdio.h>
static volatile sig_atomic_t count, value, order;
static void plain(int number) { count += number == SIGUSR1; order = order * 10 + 1; }
static void informed(int number, siginfo_t *information, void *context) {
  (void)number, (void)context;
  value = information->si_value.sival_int;
  order = order * 10 + 2;
}
#include <unistd.h>
int main(void) {
  sigset_t set, pending;
  signal(SIGUSR1, plain);
  sigaction(SIGUSR2, &(struct sigaction){.sa_sigaction = informed, .sa_flags = SA_SIGINFO | SA_RESETHAND}, 0);
  raise(SIGUSR1);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, 0);
  raise(SIGUSR1);
  sigpending(&pending);
  int waits = sigismember(&pending, SIGUSR1);
  sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 77});
  sigprocmask(SIG_UNBLOCK, &set, 0);
  struct sigaction now;
  sigaction(SIGUSR2, 0, &now);
  printf("%d %d %d %d %s\n", count, value, order, waits, now.sa_handler == SIG_DFL ? "reset" : "kept");
}
