// about: getenv, setenv, putenv, unsetenv and environ agree, and children inherit
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
extern char **environ;
static int has(const char *text) {
  int count = 0;
  for (char **each = environ; *each; each++)
    count += !strcmp(*each, text);
  return count;
}
static char put[] = "CORPUS_PUT=3";
int main(void) {
  setenv("CORPUS_SET", "1", 1);
  setenv("CORPUS_SET", "2", 0);
  putenv(put);
  put[11] = '4';
  printf("%s %s %s\n", getenv("CORPUS_SET"), getenv("CORPUS_PUT"), getenv("CORPUS_NONE") ? "some" : "none");
  printf("%d %d\n", has("CORPUS_SET=1"), has("CORPUS_PUT=4"));
  fflush(stdout);
  system("echo child: $CORPUS_SET $CORPUS_PUT");
  unsetenv("CORPUS_SET");
  printf("%s %s\n", getenv("CORPUS_SET") ? "still" : "gone", getenv("PATH") ? "PATH" : "no PATH");
}
