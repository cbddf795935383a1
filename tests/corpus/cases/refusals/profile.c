// about: instrumentation that writes a file at the end of the process
// flags: -fprofile-instr-generate
// refused jit: -fprofile-instr-generate
// refused image: -fprofile-instr-generate
// refused auto: -fprofile-instr-generate
int main(void) {}
