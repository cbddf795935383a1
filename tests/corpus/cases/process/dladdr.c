// about: dladdr names the C library's functions by their address
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
int main(void) {
  Dl_info information;
  void *(*volatile function)(size_t) = dlsym(RTLD_DEFAULT, "malloc");
  int found = dladdr((void *)function, &information);
  printf("%d %s %s\n", found != 0, information.dli_sname,
         strstr(information.dli_fname, "libc.so") ? "in libc" : "elsewhere");
}
