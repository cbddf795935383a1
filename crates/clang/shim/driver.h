// From driver arguments to the one job that they ask for.
#ifndef NLIB_DRIVER_H
#define NLIB_DRIVER_H

#include "shim.h"

#include "clang/Basic/Diagnostic.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <memory>
#include <string>
#include <vector>

namespace nlib {

// The language of `-x`, which nlib always gives; empty when it is not given.
llvm::StringRef stated_language(const NlibCompile &compile);

// The recorded files, with those that exist for this compile only laid over them.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> file_system(const NlibCompile &compile,
                                                            const NlibObserver &observer);

// An error, and a warning, that have no place.
void complain(clang::DiagnosticsEngine &diagnostics, const llvm::Twine &message);
void warn(clang::DiagnosticsEngine &diagnostics, const llvm::Twine &message);

enum class JobKind {
  Compile,    // of C, C++ or IR, to an object: -cc1
  Preprocess, // of assembler, to text: -cc1
  Assemble,   // of plain assembler, to an object: -cc1as
};

// The arguments of the job, without its name; empty after a diagnostic.
std::vector<std::string> job_arguments(const NlibCompile &compile, JobKind kind,
                                       llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files,
                                       clang::DiagnosticsEngine &diagnostics);

// A -cc1 job made of `job_arguments`; null after a diagnostic.
std::shared_ptr<clang::CompilerInvocation>
invocation(const NlibCompile &compile, JobKind kind,
           llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files,
           clang::DiagnosticsEngine &diagnostics);

} // namespace nlib

#endif
