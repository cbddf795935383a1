// about: variadic functions with integers, doubles, long doubles and structs, and va_copy
#include <stdarg.h>
#include <stdio.h>
struct pair { double x; int y; };
struct large { long values[5]; };
struct tiny { char c; };
__attribute__((noinline)) static double total(const char *kinds, ...) {
  va_list list, again;
  double sum = 0;
  va_start(list, kinds);
  va_copy(again, list);
  for (const char *kind = kinds; *kind; kind++)
    switch (*kind) {
    case 'i': sum += va_arg(list, int); break;
    case 'd': sum += va_arg(list, double); break;
    case 'l': sum += (double)va_arg(list, long double); break;
    case 'p': { struct pair p = va_arg(list, struct pair); sum += p.x * p.y; break; }
    case 'L': { struct large l = va_arg(list, struct large); sum += (double)l.values[4]; break; }
    case 't': { struct tiny t = va_arg(list, struct tiny); sum += t.c; break; }
    }
  va_end(list);
  if (*kinds == 'i')
    sum += va_arg(again, int) * 1000.0;
  va_end(again);
  return sum;
}
int main(void) {
  struct pair p = {1.5, 4};
  struct large l = {{1, 2, 3, 4, 5}};
  struct tiny t = {'a'};
  printf("%.2f\n", total("iiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9));
  printf("%.2f\n", total("ddddddddddi", 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.5, 11));
  printf("%.2f\n", total("iplLtdpit", 7, p, 2.25L, l, t, 0.5, p, 3, t));
}
