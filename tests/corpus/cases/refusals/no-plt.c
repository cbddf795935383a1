// about: calls through the global offset table, which crash
// flags: -fno-plt
// refused jit: -fno-plt
// refused image: -fno-plt
// refused auto: -fno-plt
int main(void) {}
