// about: a hidden function of a dependency is missing, by name
// link-error: hidden_helper
// library base: base.c
// program: main.c with base
//--- base.c
__attribute__((visibility("hidden"))) int hidden_helper(void) { return 1; }
int shown(void) { return hidden_helper(); }
//--- main.c
int hidden_helper(void), shown(void);
int main(void) { return hidden_helper() + shown(); }
