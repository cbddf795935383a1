// Diagnostics as data and as clang renders them.
#ifndef NLIB_DIAGNOSTICS_H
#define NLIB_DIAGNOSTICS_H

#include "shim.h"

#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <string>

namespace nlib {

// Renders into one string and hands each diagnostic to the observer.
class DiagnosticCollector : public clang::DiagnosticConsumer {
public:
  explicit DiagnosticCollector(const NlibObserver &observer);

  void BeginSourceFile(const clang::LangOptions &language,
                       const clang::Preprocessor *preprocessor) override;
  void EndSourceFile() override;
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic &info) override;

  // A message of LLVM's own.
  void llvm_message(const llvm::SMDiagnostic &diagnostic);
  // The same, with the place that the preprocessor's line markers give it; its text still lives.
  void assembler_message(const llvm::SMDiagnostic &diagnostic);

  clang::DiagnosticOptions &options() { return render_options; }
  const std::string &rendered() const { return text; }

private:
  const NlibObserver &observer;
  std::string text;
  llvm::raw_string_ostream stream;
  clang::DiagnosticOptions render_options;
  clang::TextDiagnosticPrinter printer;
};

} // namespace nlib

#endif
