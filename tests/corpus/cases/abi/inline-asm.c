// about: inline assembly with operands, clobbers, memory and labels
#include <stdio.h>
#if defined __x86_64__
static int add(int a, int b) {
  int result;
  __asm__("leal (%1,%2), %0" : "=r"(result) : "r"(a), "r"(b));
  return result;
}
static int is_zero(int value) {
  __asm__ goto("testl %0, %0\n\tjz %l1" : : "r"(value) : "cc" : zero);
  return 0;
zero:
  return 1;
}
static unsigned bits(unsigned value) {
  unsigned count = 0;
  __asm__ volatile("1: testl %1, %1\n\tjz 2f\n\tleal -1(%1), %%eax\n\tandl %%eax, %1\n\tincl %0\n\tjmp 1b\n2:"
                   : "+r"(count), "+r"(value) : : "eax", "cc");
  return count;
}
#else
static int add(int a, int b) {
  int result;
  __asm__("add %w0, %w1, %w2" : "=r"(result) : "r"(a), "r"(b));
  return result;
}
static int is_zero(int value) { return !value; }
static unsigned bits(unsigned value) { return (unsigned)__builtin_popcount(value); }
#endif
int main(void) {
  volatile int x = 20;
  printf("%d %d %d %u\n", add(x, 22), is_zero(x), is_zero(x - 20), bits(0xf0f0u + (unsigned)x));
}
