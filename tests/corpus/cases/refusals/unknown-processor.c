// about: a processor that clang does not know
// flags: -march=pdp11
// compile-error: pdp11
int main(void) {}
