// about: the program reads standard input to its end
// stdin: seven 8 nine
#include <stdio.h>
int main(void) {
  char first[20], last[20];
  int number;
  int found = scanf("%19s %d %19s", first, &number, last);
  printf("%d: %s %d %s\n", found, first, number, last);
  printf("%d %d %s\n", getchar(), getchar(), feof(stdin) ? "end" : "more");
}
