// about: a library keeps to its own function, though the program has one of the same name
// differs: a library's names are its own; a shared object would have its calls taken over by the program's function
// library base: base.c
// program: main.c with base
//> library's 5
//> program's 6
//--- base.c
#include <stdio.h>
void report(int value) { printf("library's %d\n", value); }
void work(int value) { report(value); }
//--- main.c
#include <stdio.h>
void work(int);
void report(int value) { printf("program's %d\n", value); }
int main(void) {
  work(5);
  report(6);
}
