// about: -fsanitize=address brings its runtime, finds an overrun of the heap and ends the program
// flags: -fsanitize=address
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int count, char **arguments) {
  (void)arguments;
  volatile char *text = malloc(10);
  memset((char *)text, 'a', 10);
  write(1, "within\n", 7);
  text[9 + count] = 'b';
  write(1, "beyond, which must not be\n", 26);
  free((char *)text);
}
