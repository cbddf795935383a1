// about: compiler plugins, which are code inside the compiler
// flags: -fplugin=plugin.so
// refused jit: -fplugin
// refused image: -fplugin
// refused auto: -fplugin
int main(void) {}
