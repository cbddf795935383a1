// about: code that writes instructions into memory of its own and calls them
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
int main(void) {
#if defined __x86_64__
  static const unsigned char code[] = {0x8d, 0x47, 0x05, 0xc3}; // lea 5(%rdi), %eax; ret
#elif defined __aarch64__
  static const unsigned char code[] = {0x00, 0x14, 0x00, 0x11, 0xc0, 0x03, 0x5f, 0xd6};
#endif
  void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(page, code, sizeof code);
  mprotect(page, 4096, PROT_READ | PROT_EXEC);
  __builtin___clear_cache(page, (char *)page + sizeof code);
  printf("%d\n", ((int (*)(int))page)(37));
}
