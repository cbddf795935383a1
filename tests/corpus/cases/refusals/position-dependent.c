// about: code for a fixed place in memory
// flags: -fno-pic
// refused jit: -fno-pic
// refused image: -fno-pic
// refused auto: -fno-pic
int main(void) {}
