// about: a constructor registers itself with the library that its own is linked to
// library registry: registry.c
// library one: one.c with registry
// library two: two.c with registry
// step: load one
// step: load two
// step: call registry count
// step: call registry call_all
// step: unload one
// step: call registry count
// step: call registry call_all
//--- registry.c
static int (*entries[10])(void);
static int used;
void enlist(int (*entry)(void)) { entries[used++] = entry; }
void strike(int (*entry)(void)) {
  for (int i = 0; i < used; i++)
    if (entries[i] == entry)
      entries[i] = entries[--used];
}
int count(void) { return used; }
int call_all(void) {
  int sum = 0;
  for (int i = 0; i < used; i++)
    sum += entries[i]();
  return sum;
}
//--- one.c
void enlist(int (*)(void)), strike(int (*)(void));
static int entry(void) { return 1; }
__attribute__((constructor)) static void begin(void) { enlist(entry); }
__attribute__((destructor)) static void end(void) { strike(entry); }
//--- two.c
void enlist(int (*)(void)), strike(int (*)(void));
static int entry(void) { return 20; }
__attribute__((constructor)) static void begin(void) { enlist(entry); }
__attribute__((destructor)) static void end(void) { strike(entry); }
