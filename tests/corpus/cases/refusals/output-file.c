// about: flags that write files
// flags: -save-temps
// refused jit: -save-temps
// refused image: -save-temps
// refused auto: -save-temps
int main(void) {}
