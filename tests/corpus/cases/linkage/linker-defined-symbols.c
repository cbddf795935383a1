// about: symbols that a linker defines for a whole file lie where the file's parts do
// refused jit: only a linked file has
// library a: a.c
// step: load a
// step: call a check
//--- a.c
#include <elf.h>
#include <string.h>
__attribute__((visibility("hidden"))) extern const Elf64_Ehdr __ehdr_start;
static int zero;
int check(void) {
  int is_elf = !memcmp(&__ehdr_start, ELFMAG, SELFMAG);
  return is_elf * 10 + (__ehdr_start.e_type == ET_DYN) + zero;
}
