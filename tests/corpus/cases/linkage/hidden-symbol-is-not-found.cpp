// about: a function that a library hides is missing for the program, and the message names it
// flags: -fvisibility=hidden
// library engine: engine.cpp
// program: main.cpp with engine
// link-error: helper
//--- engine.cpp
int helper() { return 40; }
__attribute__((visibility("default"))) int power() { return helper(); }
//--- main.cpp
int helper();
int power();
int main() { return helper() + power(); }
