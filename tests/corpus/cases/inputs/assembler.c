// about: an assembler unit beside a C unit: functions, data, calls both ways
// program: main.c code.s
//--- main.c
#include <stdio.h>
int add(int, int);
int call_back(int (*)(int), int);
extern int counter;
int twice(int x) { return x * 2; }
int main(void) {
  volatile int x = 20;
  printf("%d %d\n", add(x, 22), call_back(twice, x));
  printf("%d\n", counter);
}
//--- code.s
        .text
        .globl  add
        .type   add, @function
add:
        leal    (%rdi,%rsi), %eax
        incl    counter(%rip)
        ret
        .size   add, . - add

        .globl  call_back
        .type   call_back, @function
call_back:
        .cfi_startproc
        pushq   %rbx
        .cfi_def_cfa_offset 16
        movq    %rdi, %rax
        movl    %esi, %edi
        call    *%rax
        movl    %eax, %edi
        call    twice@PLT
        incl    counter(%rip)
        popq    %rbx
        .cfi_def_cfa_offset 8
        ret
        .cfi_endproc
        .size   call_back, . - call_back

        .data
        .balign 4
        .globl  counter
        .hidden counter
        .type   counter, @object
counter:
        .long   40
        .size   counter, 4
        .section .note.GNU-stack,"",@progbits
