// about: static functions and variables of one name in two libraries do not meet
// library a: a.c
// library b: b.c
// step: load a
// step: load b
// step: call a a_next
// step: call b b_next
// step: call a a_next
// step: call b b_next
//--- a.c
static int state = 10;
static int helper(void) { return ++state; }
int a_next(void) { return helper(); }
//--- b.c
static int state = 500;
static int helper(void) { return --state; }
int b_next(void) { return helper(); }
