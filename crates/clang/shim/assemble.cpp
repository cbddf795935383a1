// clang's assembler is a program of its own (`-cc1as`), not a part of its libraries. Here the job
// that the driver makes for it is read with clang's table of options and done with LLVM's MC.
#include "assemble.h"

#include "driver.h"
#include "recording_file_system.h"

#include "clang/Options/OptionUtils.h"
#include "clang/Options/Options.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/MC/MCAsmBackend.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCCodeEmitter.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCObjectFileInfo.h"
#include "llvm/MC/MCObjectWriter.h"
#include "llvm/MC/MCParser/MCAsmParser.h"
#include "llvm/MC/MCParser/MCTargetAsmParser.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/TargetParser/Triple.h"

using namespace clang;
using namespace clang::options;
using namespace llvm;
using llvm::opt::InputArgList;

namespace nlib {
namespace {

MCTargetOptions target_options(const InputArgList &arguments) {
  MCTargetOptions result;
  result.MCNoExecStack = arguments.hasArg(OPT_mno_exec_stack);
  result.MCRelaxAll = arguments.hasArg(OPT_mrelax_all);
  result.MCSaveTempLabels = arguments.hasArg(OPT_msave_temp_labels);
  result.MCNoWarn = arguments.hasArg(OPT_massembler_no_warn);
  result.MCFatalWarnings = arguments.hasArg(OPT_massembler_fatal_warnings);
  result.MCUseDwarfDirectory = MCTargetOptions::EnableDwarfDirectory;
  result.Crel = arguments.hasArg(OPT_crel);
  result.X86RelaxRelocations = !arguments.hasArg(OPT_mrelax_relocations_no);
  result.X86Sse2Avx = arguments.hasArg(OPT_msse2avx);
  result.ImplicitMapSyms = arguments.hasArg(OPT_mmapsyms_implicit);
  result.ABIName = arguments.getLastArgValue(OPT_target_abi).str();
  result.EmitDwarfUnwind =
      StringSwitch<EmitDwarfUnwindType>(arguments.getLastArgValue(OPT_femit_dwarf_unwind_EQ))
          .Case("always", EmitDwarfUnwindType::Always)
          .Case("no-compact-unwind", EmitDwarfUnwindType::NoCompactUnwind)
          .Default(EmitDwarfUnwindType::Default);
  result.CompressDebugSections =
      StringSwitch<DebugCompressionType>(arguments.getLastArgValue(OPT_compress_debug_sections_EQ))
          .Case("zlib", DebugCompressionType::Zlib)
          .Case("zstd", DebugCompressionType::Zstd)
          .Default(DebugCompressionType::None);
  return result;
}

// What `-g` and its like say about the debug information of assembler.
void set_debug_options(MCContext &context, const InputArgList &arguments, const MemoryBuffer &text,
                       DiagnosticsEngine &diagnostics) {
  context.setDwarfDebugProducer(arguments.getLastArgValue(OPT_dwarf_debug_producer));
  if (const opt::Arg *directory = arguments.getLastArg(OPT_ffile_compilation_dir_EQ,
                                                       OPT_fdebug_compilation_dir_EQ))
    context.setCompilationDir(directory->getValue());
  for (const std::string &map : arguments.getAllArgValues(OPT_fdebug_prefix_map_EQ)) {
    auto [from, to] = StringRef(map).split('=');
    context.addDebugPrefixMapEntry(from.str(), to.str());
  }
  context.setMainFileName(arguments.getLastArgValue(OPT_main_file_name));
  bool wide = arguments.hasFlag(OPT_gdwarf64, OPT_gdwarf32, false);
  context.setDwarfFormat(wide ? dwarf::DWARF64 : dwarf::DWARF32);
  context.setDwarfVersion(getLastArgIntValue(arguments, OPT_dwarf_version_EQ, 5, diagnostics));
  if (arguments.hasArg(OPT_debug_info_kind_EQ)) {
    context.setGenDwarfForAssembly(true);
    context.setGenDwarfRootFile(text.getBufferIdentifier(), text.getBuffer());
  }
}

// Everything of one assembly; LLVM's parts point to each other and go in reverse order.
struct Assembly {
  SourceMgr sources;
  MCTargetOptions options;
  std::unique_ptr<MCRegisterInfo> registers;
  std::unique_ptr<MCAsmInfo> syntax;
  std::unique_ptr<MCSubtargetInfo> processor;
  std::unique_ptr<MCInstrInfo> instructions;
  std::unique_ptr<MCContext> context;
  std::unique_ptr<MCObjectFileInfo> sections;
  std::unique_ptr<MCStreamer> streamer;
};

void receive(const SMDiagnostic &diagnostic, void *collector) {
  static_cast<DiagnosticCollector *>(collector)->assembler_message(diagnostic);
}

std::unique_ptr<MCStreamer> object_streamer(const Target &target, const Triple &triple,
                                            Assembly &assembly, raw_pwrite_stream &out) {
  std::unique_ptr<MCCodeEmitter> encoder(
      target.createMCCodeEmitter(*assembly.instructions, *assembly.context));
  std::unique_ptr<MCAsmBackend> backend(
      target.createMCAsmBackend(*assembly.processor, *assembly.registers, assembly.options));
  std::unique_ptr<MCObjectWriter> writer = backend->createObjectWriter(out);
  std::unique_ptr<MCStreamer> result(
      target.createMCObjectStreamer(triple, *assembly.context, std::move(backend),
                                    std::move(writer), std::move(encoder), *assembly.processor));
  result->initSections(assembly.options.MCNoExecStack, *assembly.processor);
  return result;
}

} // namespace

bool assemble(const NlibCompile &compile, std::unique_ptr<MemoryBuffer> text,
              IntrusiveRefCntPtr<vfs::FileSystem> files, DiagnosticsEngine &diagnostics,
              DiagnosticCollector &collector, SmallVectorImpl<char> &object) {
  std::vector<std::string> job = job_arguments(compile, JobKind::Assemble, files, diagnostics);
  if (job.empty())
    return false;
  std::vector<const char *> pointers;
  for (const std::string &argument : job)
    pointers.push_back(argument.c_str());
  unsigned missing_index, missing_count;
  InputArgList arguments = getDriverOptTable().ParseArgs(pointers, missing_index, missing_count,
                                                         opt::Visibility(CC1AsOption));
  if (missing_count || arguments.hasArg(OPT_mllvm)) {
    complain(diagnostics, "these arguments set LLVM's internal options");
    return false;
  }

  Triple triple(Triple::normalize(arguments.getLastArgValue(OPT_triple)));
  std::string reason;
  const Target *target = TargetRegistry::lookupTarget(triple, reason);
  if (!target || !target->hasMCAsmParser()) {
    complain(diagnostics, "there is no assembler for the target " + triple.str());
    return false;
  }

  Assembly assembly;
  const MemoryBuffer &main = *text;
  assembly.sources.AddNewSourceBuffer(std::move(text), SMLoc());
  assembly.sources.setIncludeDirs(arguments.getAllArgValues(OPT_I));
  assembly.sources.setVirtualFileSystem(files);
  assembly.sources.setDiagHandler(receive, &collector);
  assembly.options = target_options(arguments);
  for (size_t i = 0; i < compile.argument_count; ++i) // the driver keeps it from the assembler
    assembly.options.MCNoWarn |= view(compile.arguments[i]) == "-w";
  assembly.registers.reset(target->createMCRegInfo(triple));
  assembly.syntax.reset(target->createMCAsmInfo(*assembly.registers, triple, assembly.options));
  std::string features = join(arguments.getAllArgValues(OPT_target_feature), ",");
  assembly.processor.reset(target->createMCSubtargetInfo(
      triple, arguments.getLastArgValue(OPT_target_cpu), features));
  assembly.instructions.reset(target->createMCInstrInfo());
  assembly.context = std::make_unique<MCContext>(
      triple, assembly.syntax.get(), assembly.registers.get(), assembly.processor.get(),
      &assembly.sources, &assembly.options);
  assembly.context->setDiagnosticHandler(
      [&collector](const SMDiagnostic &diagnostic, bool, const SourceMgr &,
                   std::vector<const MDNode *> &) { collector.assembler_message(diagnostic); });
  assembly.sections.reset(target->createMCObjectFileInfo(*assembly.context, /*PIC=*/true));
  assembly.context->setObjectFileInfo(assembly.sections.get());
  set_debug_options(*assembly.context, arguments, main, diagnostics);

  raw_svector_ostream out(object);
  assembly.streamer = object_streamer(*target, triple, assembly, out);
  std::unique_ptr<MCAsmParser> parser(createMCAsmParser(
      assembly.sources, *assembly.context, *assembly.streamer, *assembly.syntax));
  std::unique_ptr<MCTargetAsmParser> target_parser(target->createMCAsmParser(
      *assembly.processor, *parser, *assembly.instructions, assembly.options));
  parser->setTargetParser(*target_parser);
  bool failed = parser->Run(/*NoInitialTextSection=*/false);
  return !failed && !assembly.context->hadError() && !diagnostics.hasErrorOccurred();
}

} // namespace nlib
