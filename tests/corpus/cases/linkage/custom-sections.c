// about: code and data in sections of their own are executable, writable or constant as they should be
#include <stdio.h>
__attribute__((section(".text.special"), noinline)) static int special(int x) { return x + 11; }
__attribute__((section("plain_name"), noinline)) int plain(int x) { return x + 22; }
__attribute__((section(".data.mine"))) static int data = 1;
__attribute__((section(".bss.mine"))) static int zero[100];
__attribute__((section(".rodata.mine"))) static const int constant = 4;
__attribute__((section("own_data"))) int own = 8;
int main(void) {
  volatile int x = 1;
  data++, own++, zero[99] += 3;
  printf("%d %d %d %d %d %d\n", special(x), plain(x), data, zero[99], constant, own);
}
