// about: -fsanitize=undefined with -fsanitize-trap needs no runtime: a bad shift ends the program
// flags: -fsanitize=undefined -fsanitize-trap=all
#include <unistd.h>
int main(int count, char **arguments) {
  (void)arguments;
  volatile int by = 40 * count, value = 1;
  write(1, "before\n", 7);
  value = value << by;
  write(1, "after, which must not be\n", 25);
  return value;
}
