// about: data aligned to 64 KiB is; only the platform's loader places more than a page
// refused jit: more than a page
#include <stdint.h>
#include <stdio.h>
static _Alignas(65536) int data[3] = {1, 2, 3};
static _Alignas(65536) char zero[10];
int main(int count, char **arguments) {
  (void)arguments;
  volatile uintptr_t rest = (uintptr_t)data % 65536 + (uintptr_t)zero % 65536;
  printf("rest %lu, %d\n", (unsigned long)rest, data[count]);
}
