// about: ucontext switches between stacks, with arguments, and returns through uc_link
#include <stdio.h>
#include <ucontext.h>
static ucontext_t home, one, two;
static char stacks[2][65536];
static int trace;
static void run(int id, int rounds) {
  for (int i = 0; i < rounds; i++) {
    trace = trace * 10 + id;
    swapcontext(id == 1 ? &one : &two, id == 1 ? &two : &one);
  }
}
static void prepare(ucontext_t *context, char *stack, int id) {
  getcontext(context);
  context->uc_stack.ss_sp = stack;
  context->uc_stack.ss_size = sizeof stacks[0];
  context->uc_link = &home;
  makecontext(context, (void (*)(void))run, 2, id, 3);
}
int main(void) {
  prepare(&one, stacks[0], 1);
  prepare(&two, stacks[1], 2);
  swapcontext(&home, &one);
  printf("trace %d\n", trace);
}
