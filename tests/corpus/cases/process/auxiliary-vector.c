// about: getauxval and sysconf tell the same about the machine
#include <stdio.h>
#include <sys/auxv.h>
#include <unistd.h>
int main(void) {
  printf("%s %s\n", (long)getauxval(AT_PAGESZ) == sysconf(_SC_PAGESIZE) ? "same page size" : "different",
         getauxval(AT_RANDOM) ? "random bytes" : "none");
  printf("%s\n", getauxval(AT_SECURE) ? "secure" : "not secure");
}
