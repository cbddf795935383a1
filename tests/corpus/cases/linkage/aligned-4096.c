// about: data aligned to a page is, initialised or not, constant or not
#include <stdint.h>
#include <stdio.h>
static _Alignas(4096) int data[3] = {1, 2, 3};
static _Alignas(4096) char zero[10];
static _Alignas(4096) const char text[] = "constant";
static _Alignas(512) int smaller = 7;
int main(int count, char **arguments) {
  (void)arguments;
  volatile uintptr_t rest = (uintptr_t)data % 4096 + (uintptr_t)zero % 4096 +
                            (uintptr_t)text % 4096 + (uintptr_t)&smaller % 512;
  zero[count] = data[count];
  printf("rest %lu, %d %c %d\n", (unsigned long)rest, zero[1], text[count], smaller);
}
