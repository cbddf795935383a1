#include "ir.h"

#include "driver.h"
#include "recording_file_system.h"

#include "clang/Basic/TargetInfo.h"
#include "clang/CodeGen/BackendUtil.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/TargetParser/Triple.h"

using namespace clang;
using namespace llvm;

namespace nlib {
namespace {

// Messages of the optimiser and the code generator. LLVM's own handler ends the process.
class Messages : public DiagnosticHandler {
public:
  Messages(DiagnosticsEngine &diagnostics, DiagnosticCollector &collector)
      : diagnostics(diagnostics), collector(collector) {}

  bool handleDiagnostics(const DiagnosticInfo &given) override {
    if (given.getSeverity() == DS_Error)
      failed = true;
    if (auto *placed = dyn_cast<DiagnosticInfoSrcMgr>(&given)) {
      collector.llvm_message(placed->getSMDiag());
      return true;
    }
    std::string message;
    raw_string_ostream stream(message);
    DiagnosticPrinterRawOStream printer(stream);
    given.print(printer);
    if (given.getSeverity() == DS_Error)
      complain(diagnostics, message);
    else if (given.getSeverity() == DS_Warning)
      warn(diagnostics, message);
    return true; // remarks and notes are for those who ask for them
  }

  bool failed = false;

private:
  DiagnosticsEngine &diagnostics;
  DiagnosticCollector &collector;
};

// Says why `buffer` is no IR: text with its place, bitcode with who wrote it.
void report_unreadable(const MemoryBuffer &buffer, const SMDiagnostic &error,
                       DiagnosticsEngine &diagnostics, DiagnosticCollector &collector) {
  bool bitcode = isBitcode(reinterpret_cast<const unsigned char *>(buffer.getBufferStart()),
                           reinterpret_cast<const unsigned char *>(buffer.getBufferEnd()));
  if (!bitcode)
    return collector.llvm_message(error);
  Expected<std::string> producer = getBitcodeProducerString(buffer);
  std::string writer = "by an unknown version of LLVM";
  if (producer && !producer->empty())
    writer = "by " + *producer;
  else
    consumeError(producer.takeError());
  complain(diagnostics, "LLVM " LLVM_VERSION_STRING " cannot read this bitcode, which was written " +
                            writer + ": " + error.getMessage() +
                            "; a newer LLVM's or a damaged file has to be made again");
}

bool fits(const Triple &given, const Triple &wanted) {
  return given.getArch() == wanted.getArch() &&
         (given.getOS() == wanted.getOS() || given.getOS() == Triple::UnknownOS);
}

bool check_target(const llvm::Module &module, const clang::TargetInfo &target,
                  DiagnosticsEngine &diagnostics) {
  const Triple &given = module.getTargetTriple();
  const Triple &wanted = target.getTriple();
  if (!given.empty() && !fits(given, wanted)) {
    complain(diagnostics, "this LLVM IR is for '" + given.str() + "' and cannot be compiled for '" +
                              wanted.str() + "'; make it for that target");
    return false;
  }
  StringRef layout = module.getDataLayoutStr();
  if (!layout.empty() && layout != target.getDataLayoutString()) {
    complain(diagnostics, "this LLVM IR has the data layout '" + layout + "', but '" +
                              wanted.str() + "' has '" + target.getDataLayoutString() +
                              "'; make it for that target");
    return false;
  }
  return true;
}

} // namespace

bool compile_ir(const NlibCompile &compile, CompilerInstance &compiler,
                DiagnosticCollector &collector, SmallVectorImpl<char> &object) {
  DiagnosticsEngine &diagnostics = compiler.getDiagnostics();
  StringRef source = view(compile.source);
  auto buffer = compiler.getVirtualFileSystem().getBufferForFile(source);
  if (!buffer) {
    complain(diagnostics, "cannot read " + source + ": " + buffer.getError().message());
    return false;
  }
  if (!compiler.createTarget())
    return false;
  const clang::TargetInfo &target = compiler.getTarget();

  LLVMContext context;
  auto handler = std::make_unique<Messages>(diagnostics, collector);
  Messages &messages = *handler;
  context.setDiagnosticHandler(std::move(handler));
  SMDiagnostic error;
  std::unique_ptr<llvm::Module> module = parseIR(**buffer, error, context);
  if (!module) {
    report_unreadable(**buffer, error, diagnostics, collector);
    return false;
  }
  if (!check_target(*module, target, diagnostics))
    return false;
  std::string fault;
  raw_string_ostream stream(fault);
  if (verifyModule(*module, &stream)) {
    complain(diagnostics, "this LLVM IR is not valid: " + StringRef(fault).trim());
    return false;
  }
  module->setTargetTriple(target.getTriple());
  emitBackendOutput(compiler, compiler.getCodeGenOpts(), target.getDataLayoutString(), module.get(),
                    Backend_EmitObj, compiler.getVirtualFileSystemPtr(),
                    std::make_unique<raw_svector_ostream>(object));
  return !messages.failed && !diagnostics.hasErrorOccurred();
}

} // namespace nlib
