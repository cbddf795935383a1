// about: dladdr finds a library's own functions by address
// library a: a.c
// step: load a
// step: text a own_name
//--- a.c
#define _GNU_SOURCE
#include <dlfcn.h>
int own_function(void) { return 1; }
const char *own_name(void) {
  static Dl_info information;
  if (!dladdr((void *)own_function, &information))
    return "unknown address";
  return information.dli_sname ? information.dli_sname : "unknown name";
}
