// about: `#pragma comment(lib, ...)` links a library of the system, under any name that it is given
// differs: GNU ld passes over the pragma, lld heeds it
//> 1 1 1 18
// library packing: packing.c
// program: main.c by-file.c with packing
//--- packing.c
#pragma comment(lib, "z.lib")
unsigned long crc32(unsigned long crc, const unsigned char *bytes, unsigned length);
int packing(void) { return crc32(0, (const unsigned char *)"a", 1) == 0xe8b7be43; }
//--- by-file.c
#pragma comment(lib, "libbz2.so.1.0")
const char *BZ2_bzlibVersion(void);
int by_file(void) { return BZ2_bzlibVersion()[0] == '1'; }
//--- main.c
#include <stdio.h>
#ifdef _WIN32
#pragma comment(lib, "ws2_32.lib")
#endif
#pragma comment(lib, "z")
#pragma comment(lib, "m")
const char *zlibVersion(void);
double erf(double);
int packing(void), by_file(void);
int main(void) {
  volatile double large = 18;
  printf("%d %d %d %d\n", packing(), by_file(), zlibVersion()[0] == '1', (int)(erf(large) * 18));
}
