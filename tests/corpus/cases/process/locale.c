// about: the program's locale is its own: C at the start, then what it sets
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
int main(void) {
  printf("%s\n", setlocale(LC_ALL, 0));
  printf("%.2f %s\n", 1234.5, localeconv()->decimal_point);
  if (!setlocale(LC_CTYPE, "C.UTF-8"))
    return 1;
  wchar_t wide[8];
  size_t length = mbstowcs(wide, "größe", 8);
  printf("%zu characters, the second last %lc\n", length, (wint_t)wide[3]);
  locale_t other = newlocale(LC_ALL_MASK, "C", 0);
  locale_t before = uselocale(other);
  printf("%s\n", mbstowcs(wide, "größe", 8) == (size_t)-1 ? "not in C" : "in C too");
  uselocale(before);
  freelocale(other);
}
