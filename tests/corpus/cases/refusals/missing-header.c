// about: a header that is not there is told by name
// compile-error: 'no/such/header.h' file not found
#include "no/such/header.h"
int main(void) {}
