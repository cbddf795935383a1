// about: a program's own malloc and free serve the program's own calls
// flags: -fno-builtin
#include <stddef.h>
#include <string.h>
#include <unistd.h>
static _Alignas(16) char arena[1 << 16];
static size_t used, allocations, releases;
void *malloc(size_t size) {
  void *place = arena + used;
  used += (size + 15) / 16 * 16;
  allocations++;
  return place;
}
void free(void *place) {
  if (place >= (void *)arena && place < (void *)(arena + sizeof arena))
    releases++;
}
void *calloc(size_t count, size_t size) { return memset(malloc(count * size), 0, count * size); }
void *realloc(void *old, size_t size) {
  void *place = malloc(size);
  return old ? memcpy(place, old, size) : place;
}
int main(void) {
  size_t before = allocations;
  char *text = malloc(20);
  strcpy(text, "own allocator\n");
  write(1, text, strlen(text));
  free(text);
  int counted = allocations == before + 1 && releases >= 1;
  write(1, counted ? "counted\n" : "not counted\n", counted ? 8 : 12);
  _exit(0);
}
