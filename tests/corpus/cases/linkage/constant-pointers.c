// about: constant tables of addresses, of strings, functions and variables, also with offsets
#include <stdio.h>
static int numbers[] = {10, 20, 30, 40};
static int add(int x) { return x + 1; }
static int twice(int x) { return x * 2; }
static int *const places[] = {numbers, &numbers[3], numbers + 1};
static int (*const functions[])(int) = {add, twice};
static const char *const texts[] = {"first text", &"second text"[7]};
static const char *const *const nested[] = {texts + 1, texts};
int main(int count, char **arguments) {
  (void)arguments;
  printf("%d %d %d\n", *places[0], *places[count], places[2][count]);
  printf("%d %d\n", functions[0](5), functions[count](5));
  printf("%s %s\n", *nested[0], *nested[count]);
}
