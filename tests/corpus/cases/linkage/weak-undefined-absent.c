// about: a weak reference that nobody defines is null, for functions and variables
#include <stdio.h>
__attribute__((weak)) int absent_function(void);
extern int absent_variable __attribute__((weak));
int main(void) {
  int (*volatile function)(void) = absent_function;
  int *volatile variable = &absent_variable;
  puts(function ? "the function is there" : "no function");
  puts(variable ? "the variable is there" : "no variable");
  puts(absent_function ? "called" : "not called");
}
