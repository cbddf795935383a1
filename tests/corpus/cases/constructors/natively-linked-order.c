// about: constructors of a library run after those of the libraries that it is linked to, destructors before
// library base: base.c
// library middle: middle.c with base
// program: main.c with middle
//--- base.c
#include <stdio.h>
int base_ready;
__attribute__((constructor)) static void begin(void) { base_ready = 1; puts("begin base"); }
__attribute__((destructor)) static void end(void) { puts("end base"); }
//--- middle.c
#include <stdio.h>
extern int base_ready;
int middle_ready;
__attribute__((constructor)) static void begin(void) {
  middle_ready = base_ready;
  printf("begin middle, base %s\n", base_ready ? "is ready" : "is not ready");
}
__attribute__((destructor)) static void end(void) { puts("end middle"); }
//--- main.c
#include <stdio.h>
extern int middle_ready;
__attribute__((constructor)) static void begin(void) { puts("begin program"); }
__attribute__((destructor)) static void end(void) { puts("end program"); }
int main(void) { printf("main, middle %s\n", middle_ready ? "is ready" : "is not ready"); }
