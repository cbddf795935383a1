// Small facts: demangled names, the CPU nlib runs on.
#include "nlib_orc.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/TargetParser/Host.h"

#include <map>
#include <string>

extern "C" int nlib_demangle(const char *Name, size_t Length, void *Context, NlibStringSink Sink) {
  std::string_view Mangled(Name, Length);
  std::string Text = llvm::demangle(Mangled);
  if (Text == Mangled)
    return 0;
  Sink(Context, Text.data(), Text.size());
  return 1;
}

extern "C" void nlib_host_cpu(void *Context, NlibStringSink NameSink, NlibStringSink FeatureSink) {
  llvm::StringRef Name = llvm::sys::getHostCPUName();
  NameSink(Context, Name.data(), Name.size());

  std::map<std::string, bool> Sorted;
  for (auto &Feature : llvm::sys::getHostCPUFeatures())
    Sorted[Feature.getKey().str()] = Feature.getValue();
  std::string Text;
  for (auto &[Feature, Enabled] : Sorted) {
    if (!Text.empty())
      Text += ',';
    Text += (Enabled ? '+' : '-') + Feature;
  }
  FeatureSink(Context, Text.data(), Text.size());
}
