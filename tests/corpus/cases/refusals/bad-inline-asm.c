// about: assembly that the assembler does not know is a compile error
// compile-error: invalid instruction mnemonic
int main(void) {
  __asm__("no_such_instruction");
}
