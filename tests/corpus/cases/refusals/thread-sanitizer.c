// about: a sanitizer that watches every thread of the process
// flags: -fsanitize=thread
// refused jit: -fsanitize=thread
// refused image: -fsanitize=thread
// refused auto: -fsanitize=thread
int main(void) {}
