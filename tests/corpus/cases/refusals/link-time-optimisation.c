// about: objects that hold bitcode for a linker's optimiser
// flags: -flto
// refused jit: -flto
// refused image: -flto
// refused auto: -flto
int main(void) {}
