#include "recording_file_system.h"

using namespace llvm;

namespace nlib {
namespace {

// A file whose content is read whole, never mapped: a mapping could change under the compiler
// after its bytes were reported.
class RecordedFile : public vfs::File {
public:
  RecordedFile(std::unique_ptr<vfs::File> file, std::string path, const NlibObserver &observer)
      : file(std::move(file)), path(std::move(path)), observer(observer) {}

  ErrorOr<vfs::Status> status() override { return file->status(); }
  ErrorOr<std::string> getName() override { return file->getName(); }
  std::error_code close() override { return file->close(); }

  ErrorOr<std::unique_ptr<MemoryBuffer>> getBuffer(const Twine &name, int64_t size,
                                                   bool needs_terminator, bool) override {
    auto buffer = file->getBuffer(name, size, needs_terminator, /*IsVolatile=*/true);
    if (buffer)
      observer.read(observer.context, borrow(path), borrow((*buffer)->getBuffer()));
    return buffer;
  }

private:
  std::unique_ptr<vfs::File> file;
  std::string path;
  const NlibObserver &observer;
};

} // namespace

std::string RecordingFileSystem::absolute(const Twine &path) const {
  SmallString<256> text;
  path.toVector(text);
  (void)makeAbsolute(text);
  return std::string(text);
}

uint32_t RecordingFileSystem::report(const std::string &path, const ErrorOr<vfs::Status> &status) {
  uint32_t kind = NLIB_ABSENT;
  if (status)
    kind = status->isDirectory()     ? NLIB_DIRECTORY
           : status->isRegularFile() ? NLIB_FILE
                                     : NLIB_OTHER;
  observer.looked_up(observer.context, borrow(path), kind);
  return kind;
}

ErrorOr<vfs::Status> RecordingFileSystem::status(const Twine &path) {
  auto result = ProxyFileSystem::status(path);
  report(absolute(path), result);
  return result;
}

bool RecordingFileSystem::exists(const Twine &path) { return bool(status(path)); }

ErrorOr<std::unique_ptr<vfs::File>> RecordingFileSystem::openFileForRead(const Twine &path) {
  std::string name = absolute(path);
  observer.opening(observer.context, borrow(name));
  auto status = ProxyFileSystem::status(path);
  report(name, status);
  // Opening a FIFO waits for a writer that may never come.
  if (status && status->getType() == sys::fs::file_type::fifo_file)
    return std::make_error_code(std::errc::not_supported);
  auto file = ProxyFileSystem::openFileForRead(path);
  if (!file)
    return file.getError();
  return std::unique_ptr<vfs::File>(new RecordedFile(std::move(*file), std::move(name), observer));
}

vfs::directory_iterator RecordingFileSystem::dir_begin(const Twine &path, std::error_code &error) {
  std::string name = absolute(path);
  observer.listing(observer.context, borrow(name));
  return ProxyFileSystem::dir_begin(path, error);
}

std::error_code RecordingFileSystem::getRealPath(const Twine &path, SmallVectorImpl<char> &out) {
  auto error = ProxyFileSystem::getRealPath(path, out);
  StringRef target(out.data(), error ? 0 : out.size());
  observer.real_path(observer.context, borrow(absolute(path)), borrow(target), !error);
  return error;
}

} // namespace nlib
