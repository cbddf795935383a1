// about: backtrace walks through an assembler function that describes its frame
// program: main.c code.s
//--- main.c
#include <execinfo.h>
#include <stdio.h>
int through(int (*)(int), int);
__attribute__((noinline)) static int depth(int levels) {
  void *addresses[50];
  volatile int count = levels > 0 ? through(depth, levels - 1) : backtrace(addresses, 50);
  return count;
}
int main(void) {
  volatile int shallow = depth(0), deep = depth(5);
  printf("%d\n", deep - shallow);
}
//--- code.s
        .text
        .globl  through
        .type   through, @function
through:
        .cfi_startproc
        subq    $24, %rsp
        .cfi_def_cfa_offset 32
        movq    %rdi, %rax
        movl    %esi, %edi
        call    *%rax
        addq    $24, %rsp
        .cfi_def_cfa_offset 8
        ret
        .cfi_endproc
        .size   through, . - through
        .section .note.GNU-stack,"",@progbits
