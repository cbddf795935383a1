// about: functions, data and constructors written in asm at the top level
#include <stdio.h>
int from_asm(int);
extern const int number_from_asm;
#if defined __x86_64__
__asm__(".text\n.globl from_asm\n.type from_asm, @function\nfrom_asm:\n"
        "  leal 7(%rdi,%rdi,2), %eax\n  ret\n.size from_asm, . - from_asm\n");
#elif defined __aarch64__
__asm__(".text\n.globl from_asm\n.type from_asm, @function\nfrom_asm:\n"
        "  add w0, w0, w0, lsl 1\n  add w0, w0, 7\n  ret\n.size from_asm, . - from_asm\n");
#endif
__asm__(".section .rodata\n.balign 4\n.globl number_from_asm\nnumber_from_asm: .long 1234\n"
        ".size number_from_asm, 4\n.previous\n");
int counter = 1;
static void begin(void) __attribute__((used));
static void begin(void) { counter *= 10; }
__asm__(".section .init_array, \"aw\"\n.balign 8\n.quad begin\n.previous\n");
int main(void) {
  volatile int x = 5;
  printf("%d %d %d\n", from_asm(x), number_from_asm, counter);
}
