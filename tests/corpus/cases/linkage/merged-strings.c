// about: equal string constants of several units keep their text, merged or not
// program: main.c other.c
//--- main.c
#include <stdio.h>
#include <wchar.h>
const char *other(int);
int main(int count, char **arguments) {
  (void)arguments;
  const char *own[] = {"a shared tail", "tail", "another", L"wide"[0] == L'w' ? "w" : "?"};
  printf("%s %s %s %s\n", own[count - 1], own[count], own[count + 1], own[count + 2]);
  printf("%s %s\n", other(0), other(1));
  printf("%ls %zu\n", L"wide text", wcslen(L"wide text"));
}
//--- other.c
const char *other(int place) {
  static const char *const texts[] = {"a shared tail", "tail"};
  return texts[place];
}
