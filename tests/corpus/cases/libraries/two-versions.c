// about: two versions of one library serve two users in one process
// library json1: one.c
// library json2: two.c
// library old: old.c with json1
// library new: new.c with json2
// step: load old
// step: load new
// step: call old run
// step: call new run
// step: call old run
//--- one.c
int version = 1;
static int parsed;
int parse(int value) { return value + ++parsed; }
//--- two.c
int version = 2;
static int parsed;
int parse(int value, int base) { return value * base + ++parsed; }
//--- old.c
extern int version;
int parse(int);
int run(void) { return version * 1000 + parse(5); }
//--- new.c
extern int version;
int parse(int, int);
int run(void) { return version * 1000 + parse(5, 16); }
