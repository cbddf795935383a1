// about: quick_exit runs the handlers of at_quick_exit, newest first, and neither atexit's nor destructors
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void say(const char *text) { write(1, text, strlen(text)); }
static void quick_first(void) { say("quick handler registered first\n"); }
static void quick_second(void) { say("quick handler registered second\n"); }
static void normal(void) { say("atexit handler, which must not run\n"); }
__attribute__((destructor)) static void end(void) { say("destructor, which must not run\n"); }
int main(void) {
  atexit(normal);
  at_quick_exit(quick_first);
  at_quick_exit(quick_second);
  quick_exit(6);
}
