// about: relative files are found in the working directory, which the program may change
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
  struct stat status;
  mkdir("corpus-folder", 0700);
  printf("%d ", chdir("corpus-folder"));
  printf("%d ", chdir(".."));
  printf("%d ", stat("corpus-folder", &status));
  printf("%d %d\n", S_ISDIR(status.st_mode), rmdir("corpus-folder"));
}
