// about: a stack overflow is handled on the alternate signal stack that the code installs
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
static sigjmp_buf place;
static char alternate[65536];
static volatile int on_alternate;
static void handle(int number) {
  char here;
  __asm__ volatile("" : : "r"(&here));
  on_alternate = &here >= alternate && &here < alternate + sizeof alternate;
  siglongjmp(place, number);
}
__attribute__((noinline)) static int recurse(volatile int depth) {
  volatile char frame[4096];
  frame[0] = (char)depth;
  if (depth == 1000000000)
    return 0;
  return recurse(depth + 1) + frame[0];
}
int main(void) {
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
  sigaltstack(&stack, 0);
  sigaction(SIGSEGV, &action, 0);
  if (sigsetjmp(place, 1) == 0)
    return recurse(0);
  puts(on_alternate ? "handled on the alternate stack" : "handled elsewhere");
}
