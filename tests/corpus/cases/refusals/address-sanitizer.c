// about: a sanitizer that needs a runtime from the start of the process
// flags: -fsanitize=address
// refused jit: -fsanitize=address
// refused image: -fsanitize=address
// refused auto: -fsanitize=address
int main(void) {}
