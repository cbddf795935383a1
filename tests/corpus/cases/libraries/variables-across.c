// about: a dependency's variables are read and written, and their addresses agree, scalars, arrays and pointers
// library base: base.c
// library user: user.c with base
// step: load user
// step: call user change
// step: call base sum
// step: call user same_address
//--- base.c
int number = 5;
int zeroes[100];
int *pointer = &zeroes[50];
const int constant = 7;
int sum(void) { return number + zeroes[0] + zeroes[50] + zeroes[99]; }
int *address(void) { return &zeroes[99]; }
//--- user.c
extern int number, zeroes[100], *pointer;
extern const int constant;
int *address(void);
static int *const last = &zeroes[99];
int change(void) {
  number += constant;
  zeroes[0] = 100;
  *pointer = 1000;
  *last = 10000;
  return number;
}
int same_address(void) { return address() == last && pointer == zeroes + 50; }
