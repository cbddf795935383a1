// about: the program starts with descriptors 0, 1 and 2, and the next is free as far as it can tell
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
  int ends[2];
  printf("%d %d %d\n", fcntl(0, F_GETFD) >= 0, fcntl(1, F_GETFD) >= 0, fcntl(2, F_GETFD) >= 0);
  pipe(ends);
  printf("%s\n", ends[0] > 2 && ends[1] > ends[0] ? "new ones follow" : "new ones are odd");
  // A child must not inherit descriptors of the host.
  fflush(stdout);
  int inherited = 0;
  for (int i = 3; i < 1000; i++) {
    int flags = fcntl(i, F_GETFD);
    inherited += flags >= 0 && !(flags & FD_CLOEXEC) && i != ends[0] && i != ends[1];
  }
  printf("%d descriptors of others would be inherited\n", inherited);
}
