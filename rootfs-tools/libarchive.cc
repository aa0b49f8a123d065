#include "rootfs-tools/libarchive.h"

#include <archive.h>

#include "base/error.h"

namespace podrun::images {

void ArchiveInput::Free::operator()(archive* input) const { ::archive_read_free(input); }

ArchiveInput::ArchiveInput(ByteSource& source) : source_(source), archive_(::archive_read_new()) {
  if (!archive_) throw Error("start reading an archive");
}

ssize_t ArchiveInput::read_some(archive* input, void* self, const void** data) {
  auto& me = *static_cast<ArchiveInput*>(self);
  try {
    *data = me.buffer_.data();
    return static_cast<ssize_t>(me.source_.read(me.buffer_.data(), me.buffer_.size()));
  } catch (...) {
    me.failure_ = std::current_exception();
    ::archive_set_error(input, EIO, "read failed");
    return ARCHIVE_FATAL;
  }
}

void ArchiveInput::open(const std::string& what) {
  if (::archive_read_open(archive_.get(), this, nullptr, read_some, nullptr) != ARCHIVE_OK)
    fail(what);
}

void ArchiveInput::fail(const std::string& what) {
  if (failure_) std::rethrow_exception(failure_);
  const char* text = ::archive_error_string(archive_.get());
  throw BadInput(what + ": " + (text != nullptr ? text : "damaged archive"));
}

}  // namespace podrun::images
