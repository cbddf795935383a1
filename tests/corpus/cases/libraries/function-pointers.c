// about: the address of a function is one, whichever library takes it
// library base: base.c
// library one: one.c with base
// library two: two.c with base
// library compare: compare.c with one two base
// step: load compare
// step: call compare same
// step: call compare result
//--- base.c
int work(int x) { return x * 2; }
int (*base_pointer(void))(int) { return work; }
//--- one.c
int work(int);
int (*one_pointer(void))(int) { return work; }
//--- two.c
int work(int);
static int (*const table[])(int) = {work};
int (*two_pointer(void))(int) { return table[0]; }
//--- compare.c
typedef int (*function)(int);
function base_pointer(void), one_pointer(void), two_pointer(void);
int work(int);
int same(void) {
  return base_pointer() == one_pointer() && one_pointer() == two_pointer() && two_pointer() == work;
}
int result(void) { return one_pointer()(two_pointer()(10)); }
