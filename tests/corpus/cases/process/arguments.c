// about: main gets its arguments whole, may change them, and finds null at the end
// arguments: one --with -x -- --link=jit file.c
#include <stdio.h>
#include <string.h>
int main(int count, char **arguments, char **environment) {
  printf("%d\n", count);
  for (int i = 1; i < count; i++) {
    arguments[i][0] = '_';
    printf("%s\n", arguments[i]);
  }
  puts(arguments[count] ? "no null" : "null at the end");
  puts(environment && *environment ? "with environment" : "without");
  puts(arguments[0] && strlen(arguments[0]) ? "with a name" : "nameless");
}
