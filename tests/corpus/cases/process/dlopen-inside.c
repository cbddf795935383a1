// about: the code itself opens a system library, finds a function and closes it
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
  void *library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
  double (*power)(double, double) = (double (*)(double, double))dlsym(library, "pow");
  printf("%.1f\n", power(2, 10));
  printf("%s\n", dlsym(library, "no_such_function") ? "found" : "not found");
  printf("%s\n", dlerror() ? "with a message" : "without");
  printf("%d\n", dlclose(library));
  int (*print)(const char *) = (int (*)(const char *))dlsym(RTLD_DEFAULT, "puts");
  print("through dlsym");
  printf("%s\n", dlopen("libnosuch.so.9", RTLD_NOW) ? "opened" : "not opened");
}
