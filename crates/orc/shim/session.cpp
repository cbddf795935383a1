// The ORC session: a bare ExecutionSession over this process, with JITLink as its one layer.
//
// No LLJIT and none of LLVM-C's Orc functions: their object file pulls LLJIT, the IR layers and
// the code generators into the executable.
#include "session.h"

#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/EHFrameRegistrationPlugin.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"

#include <atomic>

using namespace llvm;
using namespace llvm::orc;

namespace nlib {

static thread_local ErrorCollector *CurrentCollector = nullptr;

ErrorCollector::ErrorCollector() : Outer(CurrentCollector) { CurrentCollector = this; }
ErrorCollector::~ErrorCollector() { CurrentCollector = Outer; }
ErrorCollector *ErrorCollector::current() { return CurrentCollector; }

namespace {

// Asks a callback for the address of each symbol that the JITDylib does not know yet.
class CallbackGenerator : public DefinitionGenerator {
public:
  CallbackGenerator(void *Context, NlibFindSymbol Find, void (*Dispose)(void *))
      : Context(Context), Find(Find), Dispose(Dispose) {}
  ~CallbackGenerator() override { Dispose(Context); }

  Error tryToGenerate(LookupState &, LookupKind, JITDylib &JD, JITDylibLookupFlags,
                      const SymbolLookupSet &Wanted) override {
    SymbolMap Found;
    for (auto &[Name, Flags] : Wanted) {
      StringRef Text = *Name;
      uint64_t Address = 0;
      if (Find(Context, Text.data(), Text.size(), &Address))
        Found[Name] = {ExecutorAddr(Address), JITSymbolFlags::Exported};
    }
    return Found.empty() ? Error::success() : JD.define(absoluteSymbols(std::move(Found)));
  }

private:
  void *Context;
  NlibFindSymbol Find;
  void (*Dispose)(void *);
};

} // namespace
} // namespace nlib

NlibSession::NlibSession(std::unique_ptr<ExecutorProcessControl> EPC)
    : ES(std::move(EPC)), Layer(ES) {
  ES.setErrorReporter([](Error E) {
    std::string Message = toString(std::move(E));
    // Links run on the thread that asks for them, so its collector is the right one. Without
    // one, the same failure also reaches the caller as a failed lookup.
    if (auto *Collector = nlib::ErrorCollector::current())
      Collector->report(std::move(Message));
  });
}

NlibSession::~NlibSession() { consumeError(ES.endSession()); }

static JITDylib &createJITDylib(NlibSession &Session, const char *Name) {
  // Names of JITDylibs are unique; two libraries may share one.
  static std::atomic<uint64_t> Serial{0};
  return Session.ES.createBareJITDylib(std::string(Name) + "#" + std::to_string(++Serial));
}

extern "C" LLVMErrorRef nlib_session_create(NlibSession **Out) {
  auto EPC = SelfExecutorProcessControl::Create(nullptr, std::make_unique<InPlaceTaskDispatcher>());
  if (!EPC)
    return wrap(EPC.takeError());
  auto Session = std::make_unique<NlibSession>(std::move(*EPC));
  auto Frames = EHFrameRegistrationPlugin::Create(Session->ES);
  if (!Frames)
    return wrap(Frames.takeError());
  Session->Layer.addPlugin(std::move(*Frames));
  *Out = Session.release();
  return LLVMErrorSuccess;
}

extern "C" void nlib_session_dispose(NlibSession *Session) { delete Session; }

extern "C" NlibDylib *nlib_dylib_create_generated(NlibSession *Session, const char *Name,
                                                  void *Context, NlibFindSymbol Find,
                                                  void (*Dispose)(void *)) {
  auto &JD = createJITDylib(*Session, Name);
  JD.addGenerator(std::make_unique<nlib::CallbackGenerator>(Context, Find, Dispose));
  return new NlibDylib{*Session, &JD, {}};
}

extern "C" NlibDylib *nlib_dylib_create(NlibSession *Session, const char *Name,
                                        NlibDylib *const *LinkOrder, size_t Length) {
  auto &JD = createJITDylib(*Session, Name);
  JITDylibSearchOrder Order;
  for (size_t I = 0; I != Length; ++I)
    Order.push_back({LinkOrder[I]->JD.get(), JITDylibLookupFlags::MatchExportedSymbolsOnly});
  JD.setLinkOrder(std::move(Order), /*LinkAgainstThisJITDylibFirst=*/true);
  return new NlibDylib{*Session, &JD, {}};
}

extern "C" LLVMErrorRef nlib_dylib_remove(NlibDylib *Dylib) {
  std::unique_ptr<NlibDylib> Owner(Dylib);
  Owner->Debug.clear(); // a debugger must not read code that is gone
  return wrap(Owner->Session.ES.removeJITDylib(*Owner->JD));
}

extern "C" LLVMErrorRef nlib_dylib_lookup(NlibDylib *Dylib, const char *Name, size_t Length,
                                          uint64_t *Address) {
  *Address = 0;
  auto &ES = Dylib->Session.ES;
  auto Symbol = ES.intern(StringRef(Name, Length));
  auto Found =
      ES.lookup({{Dylib->JD.get(), JITDylibLookupFlags::MatchExportedSymbolsOnly}},
                SymbolLookupSet(Symbol, SymbolLookupFlags::WeaklyReferencedSymbol),
                LookupKind::DLSym);
  if (!Found)
    return wrap(Found.takeError());
  auto Entry = Found->find(Symbol);
  if (Entry != Found->end())
    *Address = Entry->second.getAddress().getValue();
  return LLVMErrorSuccess;
}
