// about: bit-fields, packed structs, short enums and flexible arrays are laid out alike in each unit
// flags: -fshort-enums
// program: main.c other.c
//--- types.h
enum small { A, B = 200 };
struct __attribute__((packed)) packed { char a; int b; short c; double d; };
struct bits { unsigned a : 5, b : 11, : 0, c : 17; signed char d : 4; };
struct flexible { enum small kind; int count; short values[]; };
int sizes(void);
long read_all(const struct packed *, const struct bits *, const struct flexible *);
//--- main.c
#include <stdio.h>
#include <stdlib.h>
#include "types.h"
int main(void) {
  struct packed p = {'p', 123456, -7, 2.5};
  struct bits b = {17, 1030, 70000, -3};
  struct flexible *f = malloc(sizeof *f + 3 * sizeof f->values[0]);
  *f = (struct flexible){B, 3};
  for (int i = 0; i < 3; i++)
    f->values[i] = (short)(i * 100);
  printf("%d %ld\n", sizes(), read_all(&p, &b, f));
  free(f);
}
//--- other.c
#include "types.h"
int sizes(void) {
  return (int)(sizeof(enum small) * 1000000 + sizeof(struct packed) * 10000 + sizeof(struct bits) * 100 + sizeof(struct flexible));
}
long read_all(const struct packed *p, const struct bits *b, const struct flexible *f) {
  return p->a + p->b + p->c + (long)(p->d * 2) + b->a * 3 + b->b * 5 + b->c * 7 + b->d * 11 + f->kind + f->values[f->count - 1];
}
