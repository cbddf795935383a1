// about: an assembler unit puts functions into .init_array and .fini_array
// library a: a.c code.s
// step: load a
// step: call a value
// step: unload a
//--- a.c
#include <stdio.h>
int number = 5;
void begin(void) { number = 50; puts("begin"); }
void end(void) { puts("end"); }
int value(void) { return number; }
//--- code.s
        .section .init_array,"aw",@init_array
        .balign 8
        .quad   begin
        .section .fini_array,"aw",@fini_array
        .balign 8
        .quad   end
        .section .note.GNU-stack,"",@progbits
