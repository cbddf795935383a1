// Versions, and lld's ELF driver.
#include "recording_file_system.h"
#include "shim.h"

#include "clang/Basic/Version.h"
#include "lld/Common/Driver.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

#include <string>
#include <vector>

LLD_HAS_DRIVER(elf)

extern "C" void nlib_clang_version(void *context, NlibSink version) {
  std::string text = clang::getClangFullVersion();
  version(context, nlib::borrow(llvm::StringRef(text)));
}

extern "C" void nlib_clang_default_triple(void *context, NlibSink triple) {
  std::string text = llvm::sys::getDefaultTargetTriple();
  triple(context, nlib::borrow(llvm::StringRef(text)));
}

extern "C" int nlib_lld_link(const NlibString *arguments, size_t argument_count, void *context,
                             NlibSink errors) {
  std::vector<std::string> texts{"ld.lld"};
  for (size_t i = 0; i < argument_count; ++i)
    texts.push_back(nlib::view(arguments[i]).str());
  std::vector<const char *> pointers;
  for (const std::string &text : texts)
    pointers.push_back(text.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  lld::Result result =
      lld::lldMain(pointers, stream, stream, {{lld::Gnu, &lld::elf::link}});
  errors(context, nlib::borrow(llvm::StringRef(messages)));
  if (!result.canRunAgain)
    return 2;
  return result.retCode == 0 ? 0 : 1;
}
