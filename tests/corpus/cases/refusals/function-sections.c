// about: a section for each function, which nothing is gained by here
// flags: -ffunction-sections
// refused jit: -ffunction-sections
// refused image: -ffunction-sections
// refused auto: -ffunction-sections
int main(void) {}
