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

uint32_t severity(SourceMgr::DiagKind kind) {
  switch (kind) {
  case SourceMgr::DK_Error:
    return NLIB_ERROR;
  case SourceMgr::DK_Warning:
    return NLIB_WARNING;
  case SourceMgr::DK_Remark:
    return NLIB_REMARK;
  case SourceMgr::DK_Note:
    return NLIB_NOTE;
  }
  return NLIB_ERROR;
}

// File and line of the preprocessor's line marker, `# 7 "file.S" 1`.
bool line_marker(StringRef line, StringRef &file, unsigned &number) {
  return line.consume_front("# ") && !line.consumeInteger(10, number) &&
         line.consume_front(" \"") && !(file = line.split('"').first).empty();
}

// Assembler that was preprocessed keeps the places of its sources in line markers.
SMDiagnostic presumed(const SMDiagnostic &given) {
  const SourceMgr *sources = given.getSourceMgr();
  unsigned buffer = 0;
  if (sources && given.getLoc().isValid())
    buffer = sources->FindBufferContainingLoc(given.getLoc());
  if (!buffer)
    return given;
  StringRef text = sources->getMemoryBuffer(buffer)->getBuffer();
  StringRef before = text.take_front(given.getLoc().getPointer() - text.data());
  StringRef file;
  unsigned number = 0;
  for (unsigned passed = 0; !before.empty(); ++passed) {
    StringRef rest, line;
    std::tie(rest, line) = before.rsplit('\n');
    if (rest.size() == before.size()) // no line break: `rsplit` gives all as the first
      std::tie(rest, line) = std::make_pair(StringRef(), before);
    if (line_marker(line, file, number))
      return SMDiagnostic(*sources, given.getLoc(), file, number + passed - 1,
                          given.getColumnNo(), given.getKind(), given.getMessage(),
                          given.getLineContents(), given.getRanges());
    before = rest;
  }
  return given;
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

void DiagnosticCollector::assembler_message(const SMDiagnostic &given) {
  llvm_message(presumed(given));
}

void DiagnosticCollector::llvm_message(const SMDiagnostic &shown) {
  shown.print(nullptr, stream, /*ShowColors=*/true);
  bool placed = shown.getLineNo() > 0;
  NlibDiagnostic diagnostic{severity(shown.getKind()),
                            borrow(placed ? shown.getFilename() : StringRef()),
                            placed ? uint32_t(shown.getLineNo()) : 0,
                            placed ? uint32_t(shown.getColumnNo() + 1) : 0,
                            borrow(shown.getMessage()),
                            {},
                            nullptr,
                            0};
  observer.diagnostic(observer.context, &diagnostic);
}

} // namespace nlib
