// about: the initial-exec model works for a small variable, as it does in a shared object opened at run time
// refused jit: thread-local
// library a: a.c
// step: load a
// step: call a next
// step: thread a next
// step: call a next
//--- a.c
__attribute__((tls_model("initial-exec"))) _Thread_local int counter = 20;
int next(void) { return ++counter; }
