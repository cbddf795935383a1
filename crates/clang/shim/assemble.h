// Assembler text to object bytes, as `clang -cc1as` does it.
#ifndef NLIB_ASSEMBLE_H
#define NLIB_ASSEMBLE_H

#include "diagnostics.h"
#include "shim.h"

#include "clang/Basic/Diagnostic.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace nlib {

// Assembles `text`, whose identifier names it in messages. `.include` and `.incbin` read through
// `files`. False after a diagnostic.
bool assemble(const NlibCompile &compile, std::unique_ptr<llvm::MemoryBuffer> text,
              llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files,
              clang::DiagnosticsEngine &diagnostics, DiagnosticCollector &collector,
              llvm::SmallVectorImpl<char> &object);

} // namespace nlib

#endif
