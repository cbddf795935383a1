// about: a program that kills itself ends by that signal
#include <signal.h>
#include <unistd.h>
int main(void) {
  write(1, "before\n", 7);
  kill(getpid(), SIGTERM);
  write(1, "after, which must not be\n", 25);
}
