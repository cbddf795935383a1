// Linked code, looked at from outside: its functions, its exports, and its debug information.
#include "session.h"

extern "C" void nlib_dylib_functions(NlibDylib *Dylib, void *Context,
                                     void (*Function)(void *, const NlibFunction *)) {
  for (auto &Linked : Dylib->Functions) {
    llvm::StringRef Name = *Linked.Name;
    NlibFunction Found = {Name.data(), Name.size(), Linked.Address, Linked.Size, Linked.Object};
    Function(Context, &Found);
  }
}

extern "C" void nlib_dylib_exports(NlibDylib *Dylib, void *Context,
                                   void (*Symbol)(void *, const NlibExport *)) {
  for (auto &Exported : Dylib->Exports) {
    llvm::StringRef Name = *Exported.Name;
    NlibExport Found = {Name.data(), Name.size(), Exported.Size, Exported.Callable};
    Symbol(Context, &Found);
  }
}

extern "C" void nlib_dylib_debug_objects(NlibDylib *Dylib, void *Context,
                                         void (*Object)(void *, const char *, size_t)) {
  Dylib->Debug.forEach(
      [&](const std::vector<char> &Bytes) { Object(Context, Bytes.data(), Bytes.size()); });
}
