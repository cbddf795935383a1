// about: unreferenced entries marked used stay, and are found by walking their section
#include <stdio.h>
__attribute__((section("kept"), used)) static int one = 1;
__attribute__((section("kept"), used, retain)) static int two = 2;
__attribute__((used)) static int unreferenced(void) { return 3; }
extern int __start_kept[], __stop_kept[];
int main(void) {
  int sum = 0;
  for (int *value = __start_kept; value < __stop_kept; value++)
    sum += *value;
  printf("sum %d\n", sum);
}
