// about: without -fcommon a variable defined in two units is an error that names it
// link-error: shared_variable
// program: main.c other.c
//--- main.c
int shared_variable;
int main(void) { return shared_variable; }
//--- other.c
int shared_variable;
