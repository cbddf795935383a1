// about: read from descriptor 0 gets every byte, none taken by the host before
// stdin: abcdefgh
#include <stdio.h>
#include <unistd.h>
int main(void) {
  char text[100];
  ssize_t total = 0, got;
  while ((got = read(0, text + total, 3)) > 0)
    total += got;
  printf("%zd bytes: %.8s\n", total, text);
}
