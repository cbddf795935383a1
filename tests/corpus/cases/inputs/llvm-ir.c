// about: a unit in LLVM's intermediate representation, as text, beside a C unit
// program: main.c code.ll
//--- main.c
#include <stdio.h>
int factorial(int);
extern int calls;
int main(void) {
  volatile int n = 10;
  printf("%d after %d calls\n", factorial(n), calls);
}
//--- code.ll
@calls = global i32 0

define i32 @factorial(i32 %n) {
  %before = load i32, ptr @calls
  %after = add i32 %before, 1
  store i32 %after, ptr @calls
  %done = icmp sle i32 %n, 1
  br i1 %done, label %one, label %more
one:
  ret i32 1
more:
  %less = sub i32 %n, 1
  %rest = call i32 @factorial(i32 %less)
  %product = mul i32 %n, %rest
  ret i32 %product
}
