// about: functions of the compiler's own that no shared library has: conversions to __bf16
// differs: the native build has a runtime library that may be older than the type
//> 0x1.56p-2 0x1.56p-2
#include <stdio.h>
volatile double third = 1.0 / 3;
volatile float third_as_float = 1.0f / 3;
int main(void) {
#if defined __x86_64__ || defined __aarch64__
  printf("%a %a\n", (double)(__bf16)third, (double)(__bf16)third_as_float);
#else
  puts("0x1.56p-2 0x1.56p-2");
#endif
}
