// about: addresses of labels, absolute and as differences, lead where they should
#include <stdio.h>
static int run(const unsigned char *code) {
  static void *const labels[] = {&&add, &&twice, &&stop};
  static const int offsets[] = {&&add - &&add, &&twice - &&add, &&stop - &&add};
  int value = 1;
  goto *labels[*code];
add:
  value += 5;
  goto *(&&add + offsets[*++code]);
twice:
  value *= 2;
  goto *labels[*++code];
stop:
  return value;
}
int main(void) {
  const unsigned char code[] = {0, 1, 1, 0, 2};
  printf("%d\n", run(code));
}
