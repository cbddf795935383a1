// about: SIGPIPE has its default action again, though Rust programs ignore it
#include <unistd.h>
int main(void) {
  int ends[2];
  pipe(ends);
  close(ends[0]);
  write(1, "before\n", 7);
  write(ends[1], "x", 1);
  write(1, "after, which must not be\n", 25);
}
