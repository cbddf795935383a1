// about: a variadic function of a library called by another, and a va_list passed across
// library format: format.c
// library user: user.c with format
// step: load user
// step: text user hello
//--- format.c
#include <stdarg.h>
#include <stdio.h>
static char text[100];
const char *vformat(const char *pattern, va_list list) {
  vsnprintf(text, sizeof text, pattern, list);
  return text;
}
const char *format(const char *pattern, ...) {
  va_list list;
  va_start(list, pattern);
  const char *result = vformat(pattern, list);
  va_end(list);
  return result;
}
//--- user.c
#include <stdarg.h>
const char *format(const char *pattern, ...);
const char *vformat(const char *pattern, va_list list);
static const char *relay(const char *pattern, ...) {
  va_list list;
  va_start(list, pattern);
  const char *result = vformat(pattern, list);
  va_end(list);
  return result;
}
const char *hello(void) {
  double half = 0.5;
  if (format("%d", 5)[0] != '5')
    return "format failed";
  return relay("%s %.2f %c %ld %d %d %d", "text", half, 'x', 123456789012L, 1, 2, 3);
}
