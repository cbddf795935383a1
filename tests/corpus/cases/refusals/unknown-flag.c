// about: a flag that clang does not know is an error, not a warning
// flags: -fno-such-flag
// compile-error: -fno-such-flag
int main(void) {}
