// What crtbeginS.o and libc_nonshared.a give every shared object: an identity of its own, and
// the functions that register handlers under it.

#define HIDDEN __attribute__((visibility("hidden")))

extern int __cxa_atexit(void (*function)(void *), void *argument, void *dso);
extern int __cxa_at_quick_exit(void (*function)(void *), void *dso);
extern int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
                             void *dso);
extern void __cxa_finalize(void *dso);

HIDDEN void *__dso_handle = &__dso_handle;

HIDDEN int atexit(void (*function)(void)) {
  return __cxa_atexit((void (*)(void *))function, 0, &__dso_handle);
}

HIDDEN int at_quick_exit(void (*function)(void)) {
  return __cxa_at_quick_exit((void (*)(void *))function, &__dso_handle);
}

HIDDEN int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) {
  return __register_atfork(prepare, parent, child, &__dso_handle);
}

// As crtbeginS.o does. Being in the first object, it runs after the destructors of the others
// that have no priority, and before those that have one.
__attribute__((destructor)) static void finalise(void) { __cxa_finalize(&__dso_handle); }
