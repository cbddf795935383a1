// about: popen reads from and writes to commands, pclose gives their status
#include <stdio.h>
#include <sys/wait.h>
int main(void) {
  char line[64];
  FILE *reader = popen("echo one; echo two; exit 4", "r");
  while (fgets(line, sizeof line, reader))
    printf("read %s", line);
  printf("status %d\n", WEXITSTATUS(pclose(reader)));
  fflush(stdout);
  FILE *writer = popen("tr a-z A-Z", "w");
  fputs("written\n", writer);
  pclose(writer);
}
