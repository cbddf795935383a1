// One job: nlib compiles a unit in one process, so what the driver would do in several is asked of
// it one by one. It makes no temporary file for a single job.
#include "driver.h"

#include "recording_file_system.h"

#include "clang/Driver/Compilation.h"
#include "clang/Driver/Driver.h"
#include "clang/Driver/Job.h"
#include "clang/Driver/Tool.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/TargetParser/Host.h"

using namespace clang;
using namespace llvm;

namespace nlib {

StringRef stated_language(const NlibCompile &compile) {
  for (size_t i = compile.argument_count; i-- > 1;)
    if (view(compile.arguments[i - 1]) == "-x")
      return view(compile.arguments[i]);
  return {};
}

IntrusiveRefCntPtr<vfs::FileSystem> file_system(const NlibCompile &compile,
                                                const NlibObserver &observer) {
  IntrusiveRefCntPtr<vfs::FileSystem> real = vfs::createPhysicalFileSystem();
  IntrusiveRefCntPtr<vfs::FileSystem> recording =
      makeIntrusiveRefCnt<RecordingFileSystem>(std::move(real), observer);
  (void)recording->setCurrentWorkingDirectory(view(compile.working_directory));
  if (!compile.virtual_count)
    return recording;
  auto memory = makeIntrusiveRefCnt<vfs::InMemoryFileSystem>();
  for (size_t i = 0; i < compile.virtual_count; ++i)
    memory->addFile(view(compile.virtual_paths[i]), 0,
                    MemoryBuffer::getMemBufferCopy(view(compile.virtual_contents[i])));
  auto overlay = makeIntrusiveRefCnt<vfs::OverlayFileSystem>(std::move(recording));
  overlay->pushOverlay(std::move(memory));
  (void)overlay->setCurrentWorkingDirectory(view(compile.working_directory));
  return overlay;
}

static void report(DiagnosticsEngine &diagnostics, DiagnosticIDs::Level level,
                   const Twine &message) {
  unsigned id = diagnostics.getDiagnosticIDs()->getCustomDiagID(level, "%0");
  diagnostics.Report(id) << message.str();
}

void complain(DiagnosticsEngine &diagnostics, const Twine &message) {
  report(diagnostics, DiagnosticIDs::Error, message);
}

void warn(DiagnosticsEngine &diagnostics, const Twine &message) {
  report(diagnostics, DiagnosticIDs::Warning, message);
}

static std::vector<std::string> driver_arguments(const NlibCompile &compile, JobKind kind) {
  std::vector<std::string> result{view(compile.driver).str(), "--no-default-config"};
  for (size_t i = 0; i < compile.argument_count; ++i)
    result.push_back(view(compile.arguments[i]).str());
  // Flags for the whole library say nothing to units of these kinds.
  StringRef language = stated_language(compile);
  if (kind != JobKind::Compile || language == "ir")
    result.push_back("-Qunused-arguments");
  if (kind == JobKind::Assemble)
    result.insert(result.end(), {"-x", "assembler"});
  result.push_back(kind == JobKind::Preprocess ? "-E" : "-c");
  result.push_back(view(compile.source).str());
  return result;
}

std::vector<std::string> job_arguments(const NlibCompile &compile, JobKind kind,
                                       IntrusiveRefCntPtr<vfs::FileSystem> files,
                                       DiagnosticsEngine &diagnostics) {
  std::vector<std::string> arguments = driver_arguments(compile, kind);
  std::vector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());

  clang::driver::Driver driver(pointers[0], sys::getDefaultTargetTriple(), diagnostics, "nlib", files);
  driver.setCheckInputsExist(false); // the front end names a missing source better
  driver.setProbePrecompiled(false); // never swap an -include for a PCH lying beside it
  std::unique_ptr<clang::driver::Compilation> compilation(driver.BuildCompilation(pointers));
  if (!compilation || diagnostics.hasErrorOccurred())
    return {};
  const clang::driver::JobList &jobs = compilation->getJobs();
  if (jobs.size() != 1) {
    complain(diagnostics, "these arguments ask for " + Twine(jobs.size()) +
                              " compiler jobs; a unit is exactly one compile to an object");
    return {};
  }
  const clang::driver::Command &job = *jobs.begin();
  StringRef tool = job.getCreator().getName();
  if (tool != (kind == JobKind::Assemble ? "clang::as" : "clang")) {
    complain(diagnostics, "these arguments ask for '" + tool +
                              "', not for a compile to an object");
    return {};
  }
  const opt::ArgStringList &given = job.getArguments();
  return {given.begin() + 1, given.end()}; // without -cc1 or -cc1as
}

std::shared_ptr<CompilerInvocation> invocation(const NlibCompile &compile, JobKind kind,
                                               IntrusiveRefCntPtr<vfs::FileSystem> files,
                                               DiagnosticsEngine &diagnostics) {
  std::vector<std::string> arguments = job_arguments(compile, kind, files, diagnostics);
  if (arguments.empty())
    return nullptr;
  std::vector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  auto result = std::make_shared<CompilerInvocation>();
  std::string driver = view(compile.driver).str();
  if (!CompilerInvocation::CreateFromArgs(*result, pointers, diagnostics, driver.c_str()))
    return nullptr;
  FrontendOptions &front_end = result->getFrontendOpts();
  auto action = kind == JobKind::Preprocess ? frontend::PrintPreprocessedInput : frontend::EmitObj;
  if (front_end.ProgramAction != action || !front_end.Plugins.empty() ||
      !front_end.LLVMArgs.empty() || !result->getCodeGenOpts().PassPlugins.empty()) {
    complain(diagnostics, "these arguments load plugins, set LLVM's internal options or ask for "
                          "something else than an object");
    return nullptr;
  }
  front_end.DisableFree = false;
  result->getCodeGenOpts().DisableFree = false;
  result->getPreprocessorOpts().SourceDateEpoch.reset();
  if (compile.has_source_date_epoch)
    result->getPreprocessorOpts().SourceDateEpoch = compile.source_date_epoch;
  return result;
}

} // namespace nlib
