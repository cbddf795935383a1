// about: an error in an assembler unit is told with its file and line
// compile-error: code.s:3:
// program: main.c code.s
//--- main.c
int main(void) {}
//--- code.s
        .text
start:
        no_such_instruction %eax
