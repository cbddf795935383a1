// about: a library with the address sanitizer, in a host that was started without its runtime
// flags: -fsanitize=address
// refused jit: runtime has to be in the process from its start
// refused image: runtime has to be in the process from its start
// refused auto: runtime has to be in the process from its start
// library a: a.c
// step: load a
//--- a.c
int value(void) { return 1; }
