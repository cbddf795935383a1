// Calls into loaded code, with C++ exceptions turned into a description.
//
// The one file built with exceptions; it includes nothing of LLVM.
#include "nlib_orc.h"

#include <cstdlib>
#include <cxxabi.h>
#include <exception>
#include <string>
#include <typeinfo>

static std::string typeName(const std::type_info &Type) {
  int Status = 0;
  char *Demangled = abi::__cxa_demangle(Type.name(), nullptr, nullptr, &Status);
  std::string Name = Demangled ? Demangled : Type.name();
  std::free(Demangled);
  return Name;
}

extern "C" int nlib_call_guarded(void (*Function)(void *), void *Argument, void *Context,
                                 NlibStringSink Exception) {
  try {
    Function(Argument);
    return 0;
  } catch (const std::exception &Caught) {
    std::string Text = typeName(typeid(Caught)) + ": " + Caught.what();
    Exception(Context, Text.data(), Text.size());
    return 1;
  } catch (...) {
    // A foreign exception (a Rust panic, pthread_cancel) has no C++ exception pointer; it is not
    // ours to stop.
    std::exception_ptr Pointer = std::current_exception();
    if (!Pointer)
      throw;
    std::string Text = typeName(*Pointer.__cxa_exception_type());
    Exception(Context, Text.data(), Text.size());
    return 1;
  }
}
