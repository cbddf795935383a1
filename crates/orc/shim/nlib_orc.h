// The C interface between crates/orc/src and the C++ of this directory.
//
// No C++ type and no exception crosses it. Strings go out through callbacks and are valid during
// the call only. Functions that return an LLVMErrorRef return null on success.
#pragma once

#include "llvm-c/Error.h"
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct NlibSession NlibSession;
typedef struct NlibDylib NlibDylib;

typedef void (*NlibStringSink)(void *context, const char *text, size_t length);

// --- session.cpp ---

LLVMErrorRef nlib_session_create(NlibSession **out);
// Ends the session. No dylib of it may be used afterwards.
void nlib_session_dispose(NlibSession *session);

// Gives the address of a symbol, or returns 0 when there is none. Called on any thread.
typedef int (*NlibFindSymbol)(void *context, const char *name, size_t length, uint64_t *address);

// A dylib whose symbols `find` supplies on demand; `dispose` is called once, when it is removed.
NlibDylib *nlib_dylib_create_generated(NlibSession *session, const char *name, void *context,
                                       NlibFindSymbol find, void (*dispose)(void *context));
// An empty dylib that resolves symbols in itself, then in `link_order`.
NlibDylib *nlib_dylib_create(NlibSession *session, const char *name, NlibDylib *const *link_order,
                             size_t link_order_length);
// Frees all code of the dylib, and the handle (also on error).
LLVMErrorRef nlib_dylib_remove(NlibDylib *dylib);
// The address of an exported symbol; 0 when there is none.
LLVMErrorRef nlib_dylib_lookup(NlibDylib *dylib, const char *name, size_t length,
                               uint64_t *address);

// --- link.cpp ---

typedef struct {
  const char *name;
  size_t name_length;
  const char *bytes;
  size_t size;
  void *owner;                  // keeps `bytes` alive
  void (*release)(void *owner); // called once, on any thread, also on error
} NlibObject;

typedef struct {
  uint64_t start, end;
  int executable;
} NlibPlace;

typedef struct {
  const uint64_t *initialisers; // in the order of execution
  size_t initialiser_count;
  const uint64_t *finalisers; // in the order of execution
  size_t finaliser_count;
  const NlibPlace *places; // all sections in memory
  size_t place_count;
  uint64_t descriptor; // of `struct Library` in crt.c
} NlibLinked;

// Links the objects into the dylib as one unit; to be called once per dylib. One object must be
// crt.o. `causes` gets every error that ORC reported on the way.
LLVMErrorRef nlib_dylib_link(NlibDylib *dylib, const NlibObject *objects, size_t count,
                             void *context, void (*linked)(void *context, const NlibLinked *),
                             NlibStringSink causes);

// --- inspect.cpp ---

typedef struct {
  const char *name;
  size_t name_length;
  uint64_t address;
  uint64_t size; // 0 when the object does not say
  size_t object; // the index of the object it came from, in the order of the link; else SIZE_MAX
} NlibFunction;

// Every function of linked code, those of static linkage too, in no order.
void nlib_dylib_functions(NlibDylib *dylib, void *context,
                          void (*function)(void *context, const NlibFunction *));
typedef struct {
  const char *name;
  size_t name_length;
  uint64_t size; // 0 when the object does not say
  int callable;
} NlibExport;

// Every symbol of linked code that others may use, in no order.
void nlib_dylib_exports(NlibDylib *dylib, void *context,
                        void (*symbol)(void *context, const NlibExport *));
// Every object with debug information, as announced to debuggers: section headers hold final
// addresses, relocations are not applied. The bytes live until the dylib is removed.
void nlib_dylib_debug_objects(NlibDylib *dylib, void *context,
                              void (*object)(void *context, const char *bytes, size_t size));

// --- host.cpp ---

// Returns 0 when the name is not a mangled one.
int nlib_demangle(const char *name, size_t length, void *context, NlibStringSink sink);
void nlib_host_cpu(void *context, NlibStringSink name, NlibStringSink features);

// --- guard.cpp ---

// Calls `function(argument)`. Returns 0, or 1 after a C++ exception, described to `exception`.
int nlib_call_guarded(void (*function)(void *), void *argument, void *context,
                      NlibStringSink exception);

typedef struct {
  int (*main)(int argc, char **argv, char **envp);
  int argc;
  char **argv, **envp;
  int status;    // set when `main` returns
  void *context; // of `exception`, which describes a C++ exception that leaves `main`
  NlibStringSink exception;
} NlibMain;

// Calls `main`. Returns 0, or 1 after a C++ exception. When the program has set a terminate
// handler, an exception ends the process as it says. pthread_exit ends this thread as it would in
// a program of its own; the frames of the caller are abandoned.
int nlib_run_main(NlibMain *program);

#ifdef __cplusplus
}
#endif
