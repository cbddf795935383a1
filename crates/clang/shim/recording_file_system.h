// A file system that tells an observer everything a compile asks of it, and serves the very bytes
// that it reported.
#ifndef NLIB_RECORDING_FILE_SYSTEM_H
#define NLIB_RECORDING_FILE_SYSTEM_H

#include "shim.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace nlib {

inline NlibString borrow(llvm::StringRef text) { return {text.data(), text.size()}; }
inline llvm::StringRef view(NlibString text) { return {text.data, text.size}; }

class RecordingFileSystem : public llvm::vfs::ProxyFileSystem {
public:
  RecordingFileSystem(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> real,
                      const NlibObserver &observer)
      : ProxyFileSystem(std::move(real)), observer(observer) {}

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &path) override;
  bool exists(const llvm::Twine &path) override;
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine &path) override;
  llvm::vfs::directory_iterator dir_begin(const llvm::Twine &path, std::error_code &error) override;
  std::error_code getRealPath(const llvm::Twine &path, llvm::SmallVectorImpl<char> &out) override;

private:
  std::string absolute(const llvm::Twine &path) const;
  uint32_t report(const std::string &path, const llvm::ErrorOr<llvm::vfs::Status> &status);

  const NlibObserver &observer;
};

} // namespace nlib

#endif
