// Calls into loaded code, with C++ exceptions turned into a description.
//
// The one file built with exceptions; it includes nothing of LLVM.
#include "nlib_orc.h"

#include <csetjmp>
#include <cstdlib>
#include <cxxabi.h>
#include <exception>
#include <optional>
#include <pthread.h>
#include <string>
#include <typeinfo>

static std::string typeName(const std::type_info &Type) {
  int Status = 0;
  char *Demangled = abi::__cxa_demangle(Type.name(), nullptr, nullptr, &Status);
  std::string Name = Demangled ? Demangled : Type.name();
  std::free(Demangled);
  return Name;
}

// Describes the exception that is being handled. A foreign one (a Rust panic, pthread_exit) has no
// C++ exception pointer and no description; it is not ours to stop.
static std::optional<std::string> describeCurrent() {
  std::exception_ptr Pointer = std::current_exception();
  if (!Pointer)
    return std::nullopt;
  try {
    throw;
  } catch (const std::exception &Caught) {
    return typeName(typeid(Caught)) + ": " + Caught.what();
  } catch (...) {
    return typeName(*Pointer.__cxa_exception_type());
  }
}

extern "C" int nlib_call_guarded(void (*Function)(void *), void *Argument, void *Context,
                                 NlibStringSink Exception) {
  try {
    Function(Argument);
    return 0;
  } catch (...) {
    auto Text = describeCurrent();
    if (!Text)
      throw;
    Exception(Context, Text->data(), Text->size());
    return 1;
  }
}

// An exception that leaves `main` asks the program's own terminate handler, if it has set one.
__attribute__((noinline)) static int callMain(NlibMain *Program) {
  std::terminate_handler Default = std::get_terminate();
  try {
    Program->status = Program->main(Program->argc, Program->argv, Program->envp);
    return 0;
  } catch (...) {
    auto Text = describeCurrent();
    if (!Text)
      throw;
    if (std::get_terminate() != Default)
      std::terminate();
    Program->exception(Program->context, Text->data(), Text->size());
    return 1;
  }
}

// What C's pthread_cleanup_push expands to; <pthread.h> declares these for C only.
extern "C" void __pthread_register_cancel(__pthread_unwind_buf_t *);
extern "C" void __pthread_unregister_cancel(__pthread_unwind_buf_t *);

static_assert(sizeof(__pthread_unwind_buf_t) >= sizeof(__jmp_buf) + sizeof(int) + sizeof(void *),
              "glibc's cleanup buffer starts like a jmp_buf and goes on with its outer buffer");

// pthread_exit unwinds the stack up to the innermost cleanup buffer, then jumps there. Without one
// here it would unwind the host's frames below, whose language does not let it pass. From here
// the jump goes on to the outer buffer, where the C library ends a thread: the host's frames are
// left as they are.
extern "C" int nlib_run_main(NlibMain *Program) {
  __pthread_unwind_buf_t Buffer;
  if (__sigsetjmp(reinterpret_cast<__jmp_buf_tag *>(Buffer.__cancel_jmp_buf), 0) != 0)
    siglongjmp(static_cast<__jmp_buf_tag *>(Buffer.__pad[0]), 1);
  __pthread_register_cancel(&Buffer);
  struct Registration {
    __pthread_unwind_buf_t &Buffer;
    ~Registration() { __pthread_unregister_cancel(&Buffer); }
  } Registered{Buffer};
  return callMain(Program);
}
