// about: a reference to one version of a C library's function; only the platform's loader knows versions
// refused jit: versioned symbol
#include <stdio.h>
#include <string.h>
#if defined __x86_64__
__asm__(".symver old_memcpy, memcpy@GLIBC_2.2.5");
#else
__asm__(".symver old_memcpy, memcpy@GLIBC_2.17");
#endif
void *old_memcpy(void *, const void *, size_t);
int main(void) {
  char text[8];
  volatile size_t length = 6;
  puts(old_memcpy(text, "copied", length + 1));
}
