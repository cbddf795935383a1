// about: aliases, of functions and of variables, are their target under another name
#include <stdio.h>
static int implementation(int x) { return x * 3; }
int strong_alias(int) __attribute__((alias("implementation")));
int weak_alias(int) __attribute__((weak, alias("implementation")));
int number = 5;
extern int same_number __attribute__((alias("number")));
int main(void) {
  volatile int x = 4;
  same_number += x;
  printf("%d %d %d\n", strong_alias(x), weak_alias(x), number);
  puts(strong_alias == weak_alias && &number == &same_number ? "one address" : "two addresses");
}
