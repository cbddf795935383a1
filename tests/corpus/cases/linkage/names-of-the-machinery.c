// about: a library may use names that linkers, loaders and start-up code use inside
// library a: a.c
// step: load a
// step: call a use
// step: unload a
//--- a.c
#include <stdio.h>
static int calls;
int nlib_fini(void) { return ++calls; }
int nlib_init(void) { return ++calls; }
int _nlib_run(void) { return ++calls; }
int crt_object(void) { return ++calls; }
int register_frame(void) { return ++calls; }
int LLVMInitialize(void) { return ++calls; }
int session = 100, linker = 200;
int use(void) {
  nlib_fini(), nlib_init(), _nlib_run(), crt_object(), register_frame(), LLVMInitialize();
  return calls + session + linker;
}
__attribute__((destructor)) static void end(void) { printf("end after %d calls\n", calls); }
