// about: a library calls a library that calls a library
// library first: first.c
// library second: second.c with first
// library third: third.c with second
// step: load third
// step: call third run
// step: call first count
//--- first.c
static int calls;
int add(int x) { calls++; return x + 1; }
int count(void) { return calls; }
//--- second.c
int add(int);
int add_twice(int x) { return add(add(x)); }
//--- third.c
int add_twice(int);
int run(void) { return add_twice(40); }
