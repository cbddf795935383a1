// One translation unit, from driver arguments to object bytes, in memory.
//
// driver -> exactly one cc1 job -> CompilerInvocation -> EmitObjAction. No process, no temporary
// file, no plugin: `CompilerInstance::ExecuteAction` loads none (`ExecuteCompilerInvocation` would).
#include "diagnostics.h"
#include "recording_file_system.h"
#include "shim.h"

#include "clang/CodeGen/CodeGenAction.h"
#include "clang/Driver/Compilation.h"
#include "clang/Driver/Driver.h"
#include "clang/Driver/Job.h"
#include "clang/Driver/Tool.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

using namespace clang;
using namespace llvm;

namespace nlib {
namespace {

// LLVM's assembler opens these files itself, past every virtual file system (llvm-project issues
// 162903, 163862); macros can spell the directives in pieces.
void scan_assembly(StringRef text, const NlibObserver &observer) {
  std::string lower = text.lower();
  for (StringRef directive : {".incbin", ".include", ".macro", ".altmacro", ".secure_log_unique"})
    if (StringRef(lower).contains(directive))
      observer.hidden(observer.context, NLIB_HIDDEN_ASM_DIRECTIVE, borrow(directive));
}

// Runs at the start of the optimisation pipeline, at every level.
struct AssemblyScan : PassInfoMixin<AssemblyScan> {
  const NlibObserver &observer;
  explicit AssemblyScan(const NlibObserver &observer) : observer(observer) {}
  static bool isRequired() { return true; }

  PreservedAnalyses run(llvm::Module &module, ModuleAnalysisManager &) {
    observer.phase(observer.context, NLIB_PHASE_BACK_END);
    scan_assembly(module.getModuleInlineAsm(), observer);
    for (llvm::Function &function : module)
      for (llvm::BasicBlock &block : function)
        for (llvm::Instruction &instruction : block)
          if (auto *call = dyn_cast<llvm::CallBase>(&instruction))
            if (auto *assembly = dyn_cast<llvm::InlineAsm>(call->getCalledOperand()))
              scan_assembly(assembly->getAsmString(), observer);
    return PreservedAnalyses::all();
  }
};

// A text search would miss macros pasted together and find those in comments.
struct TimeMacros : PPCallbacks {
  const NlibObserver &observer;
  explicit TimeMacros(const NlibObserver &observer) : observer(observer) {}

  void MacroExpands(const Token &token, const MacroDefinition &, SourceRange,
                    const MacroArgs *) override {
    const IdentifierInfo *identifier = token.getIdentifierInfo();
    if (!identifier)
      return;
    StringRef name = identifier->getName();
    if (name == "__DATE__" || name == "__TIME__" || name == "__TIMESTAMP__")
      observer.hidden(observer.context, NLIB_HIDDEN_TIME_MACRO, borrow(name));
  }
};

class EmitObject : public EmitObjAction {
public:
  EmitObject(LLVMContext *context, const NlibObserver &observer)
      : EmitObjAction(context), observer(observer) {}

protected:
  bool BeginSourceFileAction(CompilerInstance &compiler) override {
    compiler.getPreprocessor().addPPCallbacks(std::make_unique<TimeMacros>(observer));
    return EmitObjAction::BeginSourceFileAction(compiler);
  }

private:
  const NlibObserver &observer;
};

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

void complain(DiagnosticsEngine &diagnostics, const Twine &message) {
  unsigned id = diagnostics.getDiagnosticIDs()->getCustomDiagID(DiagnosticIDs::Error,
                                                                message.str());
  diagnostics.Report(id);
}

// The one cc1 job that the driver makes of the arguments; null after a diagnostic.
const clang::driver::Command *single_job(clang::driver::Compilation &compilation, DiagnosticsEngine &diagnostics) {
  const clang::driver::JobList &jobs = compilation.getJobs();
  if (jobs.size() != 1) {
    complain(diagnostics, "these arguments ask for " + Twine(jobs.size()) +
                              " compiler jobs; a unit is exactly one compile to an object");
    return nullptr;
  }
  const clang::driver::Command &job = *jobs.begin();
  if (StringRef(job.getCreator().getName()) != "clang") {
    complain(diagnostics, Twine("these arguments ask for '") + job.getCreator().getName() +
                              "', not for a compile of C or C++");
    return nullptr;
  }
  return &job;
}

std::vector<std::string> driver_arguments(const NlibCompile &compile) {
  std::vector<std::string> result{view(compile.driver).str(), "--no-default-config"};
  for (size_t i = 0; i < compile.argument_count; ++i)
    result.push_back(view(compile.arguments[i]).str());
  result.push_back("-c");
  result.push_back(view(compile.source).str());
  return result;
}

std::shared_ptr<CompilerInvocation> invocation(const NlibCompile &compile,
                                               IntrusiveRefCntPtr<vfs::FileSystem> files,
                                               DiagnosticsEngine &diagnostics) {
  std::vector<std::string> arguments = driver_arguments(compile);
  std::vector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());

  clang::driver::Driver driver(pointers[0], sys::getDefaultTargetTriple(), diagnostics, "nlib", files);
  driver.setCheckInputsExist(false); // the front end names a missing source better
  driver.setProbePrecompiled(false); // never swap an -include for a PCH lying beside it
  std::unique_ptr<clang::driver::Compilation> compilation(driver.BuildCompilation(pointers));
  if (!compilation || diagnostics.hasErrorOccurred())
    return nullptr;
  const clang::driver::Command *job = single_job(*compilation, diagnostics);
  if (!job)
    return nullptr;

  auto result = std::make_shared<CompilerInvocation>();
  llvm::opt::ArgStringList cc1 = job->getArguments();
  if (!CompilerInvocation::CreateFromArgs(*result, ArrayRef<const char *>(cc1).drop_front(1),
                                          diagnostics, pointers[0]))
    return nullptr;
  FrontendOptions &front_end = result->getFrontendOpts();
  if (front_end.ProgramAction != frontend::EmitObj || !front_end.Plugins.empty() ||
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

int run(const NlibCompile &compile, const NlibObserver &observer, SmallVectorImpl<char> &object,
        DiagnosticCollector &collector) {
  observer.phase(observer.context, NLIB_PHASE_DRIVER);
  auto files = file_system(compile, observer);
  DiagnosticOptions driver_options;
  auto driver_diagnostics = CompilerInstance::createDiagnostics(*files, driver_options, &collector,
                                                                /*ShouldOwnClient=*/false);
  auto options = invocation(compile, files, *driver_diagnostics);
  if (!options || driver_diagnostics->hasErrorOccurred())
    return 1;

  observer.phase(observer.context, NLIB_PHASE_FRONT_END);
  CompilerInstance compiler(options);
  compiler.setVirtualFileSystem(files);
  compiler.createDiagnostics(&collector, /*ShouldOwnClient=*/false);
  compiler.setVerboseOutputStream(llvm::nulls());
  compiler.createFileManager();
  compiler.getCodeGenOpts().PassBuilderCallbacks.push_back([&observer](PassBuilder &builder) {
    builder.registerPipelineStartEPCallback([&observer](ModulePassManager &passes,
                                                        OptimizationLevel) {
      passes.addPass(AssemblyScan(observer));
    });
  });
  compiler.setOutputStream(std::make_unique<raw_svector_ostream>(object));
  LLVMContext context;
  EmitObject action(&context, observer);
  return compiler.ExecuteAction(action) ? 0 : 1;
}

} // namespace
} // namespace nlib

extern "C" int nlib_clang_compile(const NlibCompile *compile, const NlibObserver *observer,
                                  void *sink_context, NlibSink object, NlibSink rendered) {
  nlib::DiagnosticCollector collector(*observer);
  SmallVector<char, 0> bytes;
  int status = nlib::run(*compile, *observer, bytes, collector);
  rendered(sink_context, nlib::borrow(StringRef(collector.rendered())));
  if (status == 0)
    object(sink_context, {bytes.data(), bytes.size()});
  return status;
}

extern "C" void nlib_clang_initialize(void) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  InitializeAllAsmParsers();
}
