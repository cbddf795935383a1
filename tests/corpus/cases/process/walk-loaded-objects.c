// about: dl_iterate_phdr works while code is loaded, and finds the object that the code itself is in
// library a: a.c
// step: load a
// step: call a finds_the_c_library
//--- a.c
#define _GNU_SOURCE
#include <link.h>
#include <stdio.h>
#include <string.h>
static int look(struct dl_phdr_info *information, size_t size, void *argument) {
  (void)size;
  *(int *)argument |= strstr(information->dlpi_name, "libc.so") != 0;
  return 0;
}
int finds_the_c_library(void) {
  int found = 0;
  dl_iterate_phdr(look, &found);
  return found;
}
