// about: a weakref to a C library function is that function, one to nothing is null
#include <stdio.h>
#include <string.h>
static size_t length(const char *) __attribute__((weakref("strlen")));
static int nothing(void) __attribute__((weakref("defined_by_nobody_at_all")));
int main(int count, char **arguments) {
  (void)count;
  printf("%s %s\n", length && length(arguments[0]) > 0 ? "strlen" : "none", nothing ? "some" : "none");
}
