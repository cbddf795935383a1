// about: __builtin_cpu_supports asks a table that the compiler's runtime library fills
#include <stdio.h>
int main(void) {
#if defined __x86_64__
  __builtin_cpu_init();
  puts(__builtin_cpu_supports("sse2") ? "with SSE2" : "without SSE2");
  puts(__builtin_cpu_supports("cmov") ? "with conditional moves" : "without conditional moves");
#else
  puts("with SSE2\nwith conditional moves");
#endif
}
