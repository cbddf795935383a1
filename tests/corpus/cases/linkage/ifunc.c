// about: a function whose resolver chooses at load time; only the platform's loader runs resolvers
// refused jit: ifunc
// library a: a.c
// step: load a
// step: call a use
//--- a.c
static int plain(int x) { return x + 1; }
static int special(int x) { return x + 1000; }
static int (*resolve(void))(int) {
  return sizeof(void *) == 8 ? special : plain;
}
int work(int) __attribute__((ifunc("resolve")));
static int (*const table[])(int) = {work, work};
volatile int one = 1;
int use(void) { return work(one) + table[one](2); }
