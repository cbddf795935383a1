// about: a library reads and writes the thread-local variable of another, in every thread its own copy
// refused jit: thread-local
// library base: base.c
// library user: user.c with base
// step: load user
// step: call user bump
// step: thread user bump
// step: call user bump
// step: call base read
// step: thread base read
//--- base.c
_Thread_local int level = 3;
int read(void) { return level; }
//--- user.c
extern _Thread_local int level;
int bump(void) { return level += 4; }
