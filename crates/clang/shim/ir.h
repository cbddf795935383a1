// LLVM IR, as text or bitcode, to object bytes.
#ifndef NLIB_IR_H
#define NLIB_IR_H

#include "diagnostics.h"
#include "shim.h"

#include "clang/Frontend/CompilerInstance.h"

namespace nlib {

// clang's own action writes a file, skips LLVM's verifier, and overrides triple and layout without
// asking. `compiler` has its options, files and diagnostics. False after a diagnostic.
bool compile_ir(const NlibCompile &compile, clang::CompilerInstance &compiler,
                DiagnosticCollector &collector, llvm::SmallVectorImpl<char> &object);

} // namespace nlib

#endif
