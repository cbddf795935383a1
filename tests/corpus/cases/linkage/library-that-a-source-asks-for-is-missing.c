// about: a library that `#pragma comment(lib, ...)` asks for and that is not installed is an error that names it
// refused jit: asks for #pragma comment(lib, "no_such_library.lib"): system library `no_such_library` is not installed
// refused image: asks for #pragma comment(lib, "no_such_library.lib"): system library `no_such_library` is not installed
// refused auto: asks for #pragma comment(lib, "no_such_library.lib"): system library `no_such_library` is not installed
#pragma comment(lib, "no_such_library.lib")
int main(void) { return 0; }
