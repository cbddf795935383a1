// about: a function that a dependency keeps to itself is missing, by name
// link-error: internal_helper
// library base: base.c
// program: main.c with base
//--- base.c
static int internal_helper(void) { return 1; }
int shown(void) { return internal_helper(); }
//--- main.c
int internal_helper(void), shown(void);
int main(void) { return internal_helper() + shown(); }
