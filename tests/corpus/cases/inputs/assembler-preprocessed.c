// about: an assembler unit with macros and includes, in capitals .S
// flags: -DFACTOR=7
// program: main.c code.S
//--- factor.h
#define MULTIPLY(REGISTER) imull $FACTOR, REGISTER, REGISTER
//--- main.c
#include <stdio.h>
int scale(int);
int main(void) {
  volatile int x = 6;
  printf("%d\n", scale(x));
}
//--- code.S
#include "factor.h"
#ifndef FACTOR
#error no factor
#endif
        .text
        .globl  scale
        .type   scale, @function
scale:
        movl    %edi, %eax
        MULTIPLY(%eax)
        ret
        .size   scale, . - scale
        .section .note.GNU-stack,"",@progbits
