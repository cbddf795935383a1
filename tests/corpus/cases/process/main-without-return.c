// about: main without a return statement ends with 0, also in the middle of output
#include <stdio.h>
int main(void) {
  for (int i = 0; i < 3; i++)
    printf("%d ", i);
}
