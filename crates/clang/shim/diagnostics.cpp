#include "diagnostics.h"
#include "recording_file_system.h"

#include "clang/Basic/DiagnosticIDs.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/SmallString.h"

using namespace clang;
using namespace llvm;

namespace nlib {
namespace {

uint32_t severity(DiagnosticsEngine::Level level) {
  switch (level) {
  case DiagnosticsEngine::Ignored:
  case DiagnosticsEngine::Remark:
    return NLIB_REMARK;
  case DiagnosticsEngine::Note:
    return NLIB_NOTE;
  case DiagnosticsEngine::Warning:
    return NLIB_WARNING;
  case DiagnosticsEngine::Error:
    return NLIB_ERROR;
  case DiagnosticsEngine::Fatal:
    return NLIB_FATAL;
  }
  return NLIB_ERROR;
}

struct Place {
  StringRef file;
  uint32_t line = 0, column = 0;
};

Place place(const SourceManager *sources, SourceLocation location) {
  Place result;
  if (!sources || location.isInvalid())
    return result;
  PresumedLoc presumed = sources->getPresumedLoc(sources->getFileLoc(location));
  if (presumed.isInvalid())
    return result;
  result.file = presumed.getFilename();
  result.line = presumed.getLine();
  result.column = presumed.getColumn();
  return result;
}

std::vector<NlibFixIt> fixits(const clang::Diagnostic &info, const SourceManager *sources,
                              const LangOptions *language) {
  std::vector<NlibFixIt> result;
  for (const FixItHint &hint : info.getFixItHints()) {
    if (hint.isNull() || !sources)
      continue;
    Place begin = place(sources, hint.RemoveRange.getBegin());
    SourceLocation end_location = hint.RemoveRange.getEnd();
    if (hint.RemoveRange.isTokenRange() && language)
      end_location = Lexer::getLocForEndOfToken(end_location, 0, *sources, *language);
    Place end = place(sources, end_location);
    result.push_back({borrow(begin.file), begin.line, begin.column, end.line, end.column,
                      borrow(StringRef(hint.CodeToInsert))});
  }
  return result;
}

} // namespace

DiagnosticCollector::DiagnosticCollector(const NlibObserver &observer)
    : observer(observer), stream(text), printer(stream, render_options) {
  stream.enable_colors(true);
  render_options.ShowColors = 1;
  render_options.ShowOptionNames = 1;
}

void DiagnosticCollector::BeginSourceFile(const LangOptions &language,
                                          const Preprocessor *preprocessor) {
  printer.BeginSourceFile(language, preprocessor);
}

void DiagnosticCollector::EndSourceFile() { printer.EndSourceFile(); }

void DiagnosticCollector::HandleDiagnostic(DiagnosticsEngine::Level level,
                                           const clang::Diagnostic &info) {
  DiagnosticConsumer::HandleDiagnostic(level, info);
  printer.HandleDiagnostic(level, info);

  const SourceManager *sources = info.hasSourceManager() ? &info.getSourceManager() : nullptr;
  SmallString<256> message;
  info.FormatDiagnostic(message);
  StringRef group =
      info.getDiags()->getDiagnosticIDs()->getWarningOptionForDiag(info.getID());
  std::string option = group.empty() ? std::string() : ("-W" + group).str();
  Place where = place(sources, info.getLocation());
  LangOptions plain;
  std::vector<NlibFixIt> hints = fixits(info, sources, &plain);
  NlibDiagnostic diagnostic{severity(level), borrow(where.file), where.line,   where.column,
                            borrow(message), borrow(StringRef(option)),   hints.data(), hints.size()};
  observer.diagnostic(observer.context, &diagnostic);
}

} // namespace nlib
