// What crtbeginS.o and libc_nonshared.a give every shared object: an identity of its own, and the
// functions that register handlers under it. And what the host must know of the library, which
// runs its constructors and destructors in place of the platform's loader.
//
// Compiled twice: as it is for JITLink, and with NLIB_IMAGE for what lld links.

#define HIDDEN __attribute__((visibility("hidden")))

typedef void Function(void);
typedef void Destructor(void *object);

extern int __cxa_atexit(Destructor *function, void *argument, void *dso);
extern int __cxa_at_quick_exit(Destructor *function, void *dso);
extern int __register_atfork(Function *prepare, Function *parent, Function *child, void *dso);
extern void __cxa_finalize(void *dso);

HIDDEN void *__dso_handle = &__dso_handle;

// What the host reads and sets before anything of the library runs; repeated in
// src/descriptor.rs. A change of it is a change of the symbol's name.
struct Library {
  void *dso_handle;
  // Set by the host.
  int (*thread_atexit)(Destructor *destructor, void *object, void *dso);
  int (*address_information)(const void *address, void *information);
  // Of images only; JITLink's pass reads them itself.
  Function *const *initialisers, *const *initialisers_end;
  Function *const *finalisers, *const *finalisers_end;
  Function *init, *fini;
};

#ifdef NLIB_IMAGE
// The linker defines these four. The other two are what a library may have of old: the host runs
// them where the platform's loader would.
extern HIDDEN Function *const __init_array_start[], *const __init_array_end[];
extern HIDDEN Function *const __fini_array_start[], *const __fini_array_end[];
extern HIDDEN __attribute__((weak)) Function _init, _fini;

struct Library nlib_library_2 = {
    &__dso_handle,      0,                0,     __init_array_start, __init_array_end,
    __fini_array_start, __fini_array_end, _init, _fini};
#else
HIDDEN struct Library nlib_library_2 = {&__dso_handle, 0, 0, 0, 0, 0, 0, 0, 0};
#endif

HIDDEN int atexit(Function *function) {
  return __cxa_atexit((Destructor *)function, 0, &__dso_handle);
}

HIDDEN int at_quick_exit(Function *function) {
  return __cxa_at_quick_exit((Destructor *)function, &__dso_handle);
}

HIDDEN int pthread_atfork(Function *prepare, Function *parent, Function *child) {
  return __register_atfork(prepare, parent, child, &__dso_handle);
}

// Destructors of thread-local objects. The C library would keep a shared object mapped as long as
// one is pending, and knows nothing of code that JITLink placed; the host keeps account of both.
// Weak, because a library may bring a C++ runtime of its own.
HIDDEN __attribute__((weak)) int __cxa_thread_atexit(Destructor *destructor, void *object,
                                                     void *dso) {
  (void)dso;
  return nlib_library_2.thread_atexit(destructor, object, &__dso_handle);
}

// The same under the name by which other languages' runtimes ask for it.
HIDDEN __attribute__((weak)) int __cxa_thread_atexit_impl(Destructor *destructor, void *object,
                                                          void *dso) {
  (void)dso;
  return nlib_library_2.thread_atexit(destructor, object, &__dso_handle);
}

// The C library knows nothing of code that JITLink placed; the host knows both. Weak, as above.
HIDDEN __attribute__((weak)) int dladdr(const void *address, void *information) {
  return nlib_library_2.address_information(address, information);
}

// As crtbeginS.o does. Being in the first object, it runs after the destructors of the others
// that have no priority, and before those that have one.
__attribute__((destructor)) static void finalise(void) { __cxa_finalize(&__dso_handle); }
