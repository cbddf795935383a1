// about: dladdr finds functions of the library that asks and of others by address, from constructors on
// library base: base.c
// library a: a.c with base
// step: load a
// step: text a own_name
// step: text a name_in_constructor
// step: text a name_of_other
// step: text a name_in_libc
// step: call a start_is_told
// step: call a is_in_own_file
// step: call a of_nothing
// step: unload a
// step: load a
// step: text a own_name
//--- base.c
int of_base(void) { return 2; }
//--- a.c
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
int of_base(void);
int own_function(void) { return 1; }
static const char *name_of(const void *address) {
  static Dl_info information;
  if (!dladdr(address, &information))
    return "unknown address";
  return information.dli_sname ? information.dli_sname : "unknown name";
}
static const char *in_constructor;
__attribute__((constructor)) static void start(void) { in_constructor = name_of((void *)own_function); }
const char *own_name(void) { return name_of((char *)own_function + 1); }
const char *name_in_constructor(void) { return in_constructor; }
const char *name_of_other(void) { return name_of((void *)of_base); }
const char *name_in_libc(void) {
  void *(*volatile function)(const char *) = dlsym(RTLD_DEFAULT, "getenv");
  return name_of((void *)function);
}
int start_is_told(void) {
  Dl_info information;
  return dladdr((char *)own_function + 1, &information) && information.dli_saddr == (void *)own_function;
}
int is_in_own_file(void) {
  Dl_info own, sibling, other;
  return dladdr((void *)own_function, &own) && dladdr((void *)is_in_own_file, &sibling) &&
         dladdr((void *)of_base, &other) && own.dli_fbase == sibling.dli_fbase &&
         own.dli_fbase != other.dli_fbase && own.dli_fname[0];
}
int of_nothing(void) {
  Dl_info information;
  return dladdr((void *)16, &information);
}
