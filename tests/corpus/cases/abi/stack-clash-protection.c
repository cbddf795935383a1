// about: -fstack-clash-protection probes large frames page by page
// flags: -fstack-clash-protection
#include <stdio.h>
__attribute__((noinline)) static int large(int n) {
  volatile char frame[300000];
  frame[0] = (char)n, frame[299999] = 2, frame[150000] = 3;
  return frame[0] + frame[299999] + frame[150000];
}
int main(void) {
  volatile int n = 5;
  char variable[n * 20000];
  variable[n * 20000 - 1] = 1;
  printf("%d\n", large(n) + variable[n * 20000 - 1]);
}
