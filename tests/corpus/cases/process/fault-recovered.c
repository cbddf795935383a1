// about: a handler for SIGSEGV that jumps back recovers, again and again
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
static sigjmp_buf place;
static void *volatile fault;
static void handle(int number, siginfo_t *information, void *context) {
  (void)context;
  fault = information->si_addr;
  siglongjmp(place, number);
}
int main(void) {
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, 0);
  char *page = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  volatile int caught = 0;
  for (volatile int i = 0; i < 3; i++) {
    if (sigsetjmp(place, 1) == SIGSEGV)
      caught += fault == page + i * 100;
    else
      page[i * 100] = 1;
  }
  printf("%d faults caught where they were\n", caught);
}
