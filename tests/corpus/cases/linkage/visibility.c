// about: hidden, internal and protected symbols are reached from other units of their library
// library a: a.c b.c
// step: load a
// step: call a use
//--- a.c
__attribute__((visibility("hidden"))) extern int hidden_variable;
__attribute__((visibility("hidden"))) int hidden_function(void);
__attribute__((visibility("internal"))) int internal_function(void);
int protected_function(void);
int use(void) { return hidden_variable + hidden_function() + internal_function() + protected_function(); }
//--- b.c
__attribute__((visibility("hidden"))) int hidden_variable = 1;
__attribute__((visibility("hidden"))) int hidden_function(void) { return 20; }
__attribute__((visibility("internal"))) int internal_function(void) { return 300; }
__attribute__((visibility("protected"))) int protected_function(void) { return 4000; }
