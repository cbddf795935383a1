// about: constructors run from the lowest priority to the highest and then those without, destructors the other way round
#include <stdio.h>

__attribute__((constructor)) static void plain(void) { puts("constructor without priority"); }
__attribute__((constructor(300))) static void late(void) { puts("constructor 300"); }
__attribute__((constructor(101))) static void early(void) { puts("constructor 101"); }
__attribute__((destructor)) static void plain_end(void) { puts("destructor without priority"); }
__attribute__((destructor(101))) static void last(void) { puts("destructor 101"); }
__attribute__((destructor(300))) static void sooner(void) { puts("destructor 300"); }

int main(void) { puts("main"); }
