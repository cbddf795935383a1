// What the C++ files of the shim share.
#pragma once

#include "nlib_orc.h"

#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderGDB.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace nlib {

// ObjectLinkingLayer with the entry that takes a graph together with the buffer it points into.
class LibraryLayer : public llvm::orc::ObjectLinkingLayer {
public:
  using ObjectLinkingLayer::ObjectLinkingLayer;
  using LinkGraphLinkingLayer::emit;
};

// Objects announced to a debugger, in the form gdb's JIT interface prescribes.
class DebugRegistration {
public:
  // `Object` is a relocatable ELF file with the final addresses in its section headers.
  void add(std::vector<char> Object);
  void clear();
  void forEach(llvm::function_ref<void(const std::vector<char> &Object)> Visit) const;
  ~DebugRegistration() { clear(); }

private:
  struct Entry {
    jit_code_entry Code = {};
    std::vector<char> Object;
  };
  std::vector<std::unique_ptr<Entry>> Entries;
};

// A function of linked code.
struct LinkedFunction {
  llvm::orc::SymbolStringPtr Name;
  uint64_t Address;
  uint64_t Size;
  size_t Object; // its index in the library
};

// A symbol of linked code that others may use.
struct ExportedSymbol {
  llvm::orc::SymbolStringPtr Name;
  uint64_t Size;
  bool Callable;
};

// Collects what ORC reports on this thread while it lives.
class ErrorCollector {
public:
  ErrorCollector();
  ~ErrorCollector();
  void report(std::string Message) { Messages.push_back(std::move(Message)); }
  const std::vector<std::string> &messages() const { return Messages; }
  static ErrorCollector *current();

private:
  ErrorCollector *Outer;
  std::vector<std::string> Messages;
};

} // namespace nlib

struct NlibSession {
  explicit NlibSession(std::unique_ptr<llvm::orc::ExecutorProcessControl> EPC);
  ~NlibSession();

  llvm::orc::ExecutionSession ES;
  nlib::LibraryLayer Layer;
};

struct NlibDylib {
  NlibSession &Session;
  llvm::orc::JITDylibSP JD;
  nlib::DebugRegistration Debug;
  std::vector<nlib::LinkedFunction> Functions = {};
  std::vector<nlib::ExportedSymbol> Exports = {};
};
