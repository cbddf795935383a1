// about: of two dependencies that define a name the one named first is taken
// library one: one.c
// library two: two.c
// library user: user.c with two one
// step: load one
// step: load user
// step: call user run
//--- one.c
int number(void) { return 1; }
int only_one(void) { return 10; }
//--- two.c
int number(void) { return 2; }
//--- user.c
int number(void), only_one(void);
int run(void) { return number() + only_one(); }
