// about: emulated thread-locals of an unloaded library do not disturb threads that go on
// flags: -femulated-tls
// library a: a.c
// step: load a
// step: call a next
// step: thread a next
// step: unload a
// step: load a
// step: call a next
//--- a.c
static _Thread_local int counter = 5;
int next(void) { return ++counter; }
