// One translation unit, from driver arguments to object bytes, in memory.
//
// C and C++: driver -> exactly one cc1 job -> CompilerInvocation -> EmitObjAction. IR: the same
// invocation, then `compile_ir`. Assembler: preprocessed by clang when it asks for that, then
// `assemble`. No process, no temporary file, no plugin: `CompilerInstance::ExecuteAction` loads none
// (`ExecuteCompilerInvocation` would).
#include "assemble.h"
#include "diagnostics.h"
#include "driver.h"
#include "ir.h"
#include "recording_file_system.h"
#include "shim.h"

#include "clang/CodeGen/CodeGenAction.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/Utils.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"

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

  void MacroExpands(const Token &token, const MacroDefinition &definition, SourceRange,
                    const MacroArgs *) override {
    const IdentifierInfo *identifier = token.getIdentifierInfo();
    const MacroInfo *macro = definition.getMacroInfo();
    // Redefined, by -D__DATE__=... for instance, it is as fixed as any other macro.
    if (!identifier || !macro || !macro->isBuiltinMacro())
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

// A source through the preprocessor, with the line markers that keep its places.
class Preprocess : public PreprocessorFrontendAction {
public:
  Preprocess(std::string &text, const NlibObserver &observer)
      : text(text), observer(observer) {}

protected:
  void ExecuteAction() override {
    CompilerInstance &compiler = getCompilerInstance();
    compiler.getPreprocessor().addPPCallbacks(std::make_unique<TimeMacros>(observer));
    raw_string_ostream stream(text);
    DoPrintPreprocessedInput(compiler.getPreprocessor(), &stream,
                             compiler.getPreprocessorOutputOpts());
  }

private:
  std::string &text;
  const NlibObserver &observer;
};

// What every kind of job works with.
struct Compile {
  const NlibCompile &request;
  const NlibObserver &observer;
  IntrusiveRefCntPtr<vfs::FileSystem> files;
  DiagnosticsEngine &driver_diagnostics;
  DiagnosticCollector &collector;

  void prepare(CompilerInstance &compiler) const {
    compiler.setVirtualFileSystem(files);
    compiler.createDiagnostics(&collector, /*ShouldOwnClient=*/false);
    compiler.setVerboseOutputStream(llvm::nulls());
    compiler.createFileManager();
  }
};

bool compile_to_object(const Compile &compile, SmallVectorImpl<char> &object) {
  auto options = invocation(compile.request, JobKind::Compile, compile.files,
                            compile.driver_diagnostics);
  if (!options || compile.driver_diagnostics.hasErrorOccurred())
    return false;
  const NlibObserver &observer = compile.observer;
  observer.phase(observer.context, NLIB_PHASE_FRONT_END);
  CompilerInstance compiler(options);
  compile.prepare(compiler);
  compiler.getCodeGenOpts().PassBuilderCallbacks.push_back([&observer](PassBuilder &builder) {
    builder.registerPipelineStartEPCallback([&observer](ModulePassManager &passes,
                                                        OptimizationLevel) {
      passes.addPass(AssemblyScan(observer));
    });
  });
  if (stated_language(compile.request) == "ir")
    return compile_ir(compile.request, compiler, compile.collector, object);
  compiler.setOutputStream(std::make_unique<raw_svector_ostream>(object));
  LLVMContext context;
  EmitObject action(&context, observer);
  return compiler.ExecuteAction(action);
}

// The text of the source after preprocessing; false after an error.
bool preprocessed(const Compile &compile, NlibPreprocess wanted, std::string &text) {
  auto options = invocation(compile.request, JobKind::Preprocess, compile.files,
                            compile.driver_diagnostics);
  if (!options)
    return false;
  PreprocessorOutputOptions &output = options->getPreprocessorOutputOpts();
  output.ShowMacros = output.ShowComments = wanted != NLIB_NO_TEXT;
  output.ShowMacroComments = wanted == NLIB_TEXT_WITH_MACRO_COMMENTS;
  CompilerInstance compiler(options);
  compile.prepare(compiler);
  Preprocess action(text, compile.observer);
  return compiler.ExecuteAction(action);
}

// The text that is assembled; null after a diagnostic.
std::unique_ptr<MemoryBuffer> assembler_text(const Compile &compile, bool preprocess) {
  StringRef source = view(compile.request.source);
  if (!preprocess) {
    auto text = compile.files->getBufferForFile(source);
    if (text)
      return std::move(*text);
    complain(compile.driver_diagnostics, "cannot read " + source + ": " + text.getError().message());
    return nullptr;
  }
  std::string text;
  if (!preprocessed(compile, NLIB_NO_TEXT, text))
    return nullptr;
  return MemoryBuffer::getMemBufferCopy(text, source);
}

bool assemble_to_object(const Compile &compile, bool preprocess, SmallVectorImpl<char> &object) {
  const NlibObserver &observer = compile.observer;
  observer.phase(observer.context, NLIB_PHASE_FRONT_END);
  std::unique_ptr<MemoryBuffer> text = assembler_text(compile, preprocess);
  if (!text)
    return false;
  observer.phase(observer.context, NLIB_PHASE_BACK_END);
  return assemble(compile.request, std::move(text), compile.files, compile.driver_diagnostics,
                  compile.collector, object);
}

bool run(const NlibCompile &request, const NlibObserver &observer, SmallVectorImpl<char> &object,
         DiagnosticCollector &collector) {
  observer.phase(observer.context, NLIB_PHASE_DRIVER);
  auto files = file_system(request, observer);
  DiagnosticOptions driver_options;
  auto driver_diagnostics = CompilerInstance::createDiagnostics(*files, driver_options, &collector,
                                                                /*ShouldOwnClient=*/false);
  Compile compile{request, observer, files, *driver_diagnostics, collector};
  if (request.preprocess) {
    observer.phase(observer.context, NLIB_PHASE_FRONT_END);
    std::string text;
    (void)preprocessed(compile, static_cast<NlibPreprocess>(request.preprocess), text);
    object.append(text.begin(), text.end());
    return true;
  }
  StringRef language = stated_language(request);
  if (language == "assembler" || language == "assembler-with-cpp")
    return assemble_to_object(compile, language == "assembler-with-cpp", object);
  return compile_to_object(compile, object);
}

} // namespace
} // namespace nlib

extern "C" int nlib_clang_compile(const NlibCompile *compile, const NlibObserver *observer,
                                  void *sink_context, NlibSink object, NlibSink rendered) {
  nlib::DiagnosticCollector collector(*observer);
  SmallVector<char, 0> bytes;
  int status = nlib::run(*compile, *observer, bytes, collector) ? 0 : 1;
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
