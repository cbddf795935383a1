// about: code that names the time of its compile is compiled each time
// second: miss
#include <stdio.h>
int main(void) { printf("%zu %zu\n", sizeof __DATE__, sizeof __TIME__); }
