// about: __start_ and __stop_ symbols enclose all entries of a section, of every unit
// program: main.c more.c
//--- set.h
struct entry { const char *name; int value; };
#define ENTRY(NAME, VALUE) \
  static const struct entry entry_##NAME __attribute__((section("entries"), used, retain, aligned(8))) = {#NAME, VALUE}
//--- main.c
#include <stdio.h>
#include "set.h"
ENTRY(one, 1);
ENTRY(two, 2);
extern const struct entry __start_entries[], __stop_entries[];
int main(void) {
  int sum = 0, count = 0;
  for (const struct entry *entry = __start_entries; entry < __stop_entries; entry++)
    sum += entry->value, count++;
  printf("%d entries, sum %d, first %s\n", count, sum, __start_entries->name);
}
//--- more.c
#include "set.h"
ENTRY(three, 3);
ENTRY(four, 4);
