// about: a failed static assertion is told with its text
// flags: -std=c11
// compile-error: one is not two
_Static_assert(1 == 2, "one is not two");
int main(void) {}
