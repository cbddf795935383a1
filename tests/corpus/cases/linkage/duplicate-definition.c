// about: two strong definitions of one function in one library are an error that names it
// link-error: twice_defined
// program: main.c other.c
//--- main.c
int twice_defined(void) { return 1; }
int main(void) { return twice_defined(); }
//--- other.c
int twice_defined(void) { return 2; }
