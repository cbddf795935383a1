// about: names of thousands of characters that differ only at the end are different symbols
// program: main.c other.c
//--- names.h
#define A_(X) abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz##X
#define T2(A, B) A##B
#define T(A, B) T2(A, B)
#define LONG1 T(A_(_), A_(_))
#define LONG2 T(T(LONG1, LONG1), T(LONG1, LONG1))
#define LONG3 T(T(LONG2, LONG2), T(LONG2, LONG2))
#define NAME(END) T(LONG3, END)
//--- main.c
#include <stdio.h>
#include "names.h"
int NAME(one)(void);
int NAME(two)(void);
#define TEXT_(X) #X
#define TEXT(X) TEXT_(X)
int main(void) {
  printf("%d %d, names of %zu characters\n", NAME(one)(), NAME(two)(), sizeof TEXT(NAME(one)) - 1);
}
//--- other.c
#include "names.h"
int NAME(one)(void) { return 1; }
int NAME(two)(void) { return 2; }
