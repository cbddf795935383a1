// about: more arguments than there are registers, integer and floating, of mixed widths
// program: main.c other.c
//--- main.c
#include <stdio.h>
double many(char a, double b, short c, float d, int e, double f, long g, float h, unsigned char i,
            double j, int k, double l, long m, double n, short o, double p, int q, double r, long s, double t);
int main(void) {
  volatile int x = 1;
  printf("%.3f\n", many((char)-x, 2.5, (short)-3, 4.5f, -5, 6.5, -7, 8.5f, 255, 10.5, 11, 12.5, -13, 14.5,
                        15, 16.5, 17, 18.5, -19, 20.5));
}
//--- other.c
double many(char a, double b, short c, float d, int e, double f, long g, float h, unsigned char i,
            double j, int k, double l, long m, double n, short o, double p, int q, double r, long s, double t) {
  return a * 1.001 + b * 2 + c * 3.01 + (double)d * 4 + e * 5 + f * 6 + g * 7 + (double)h * 8 + i * 9 +
         j * 10 + k * 11 + l * 12 + m * 13 + n * 14 + o * 15 + p * 16 + q * 17 + r * 18 + s * 19 + t * 20;
}
