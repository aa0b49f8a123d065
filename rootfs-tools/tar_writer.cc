#include "rootfs-tools/tar_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <memory>

#include "base/error.h"
#include "base/files.h"

namespace podrun::images {

namespace {

unsigned file_type(EntryType type) {
  switch (type) {
    case EntryType::kFolder:
      return AE_IFDIR;
    case EntryType::kSymlink:
      return AE_IFLNK;
    case EntryType::kCharDevice:
      return AE_IFCHR;
    case EntryType::kBlockDevice:
      return AE_IFBLK;
    case EntryType::kFifo:
      return AE_IFIFO;
    default:
      return AE_IFREG;
  }
}

}  // namespace

void TarWriter::Free::operator()(archive* output) const { ::archive_write_free(output); }

// Freeing finishes an archive, and so writes.
TarWriter::~TarWriter() { discard_ = true; }

TarWriter::TarWriter(ByteSink sink) : sink_(std::move(sink)), archive_(::archive_write_new()) {
  if (!archive_) throw Error("start writing a tar");
  archive* output = archive_.get();
  ::archive_write_set_format_pax_restricted(output);
  ::archive_write_set_bytes_per_block(output, 64 << 10);
  ::archive_write_set_bytes_in_last_block(output, 512);
  if (::archive_write_open(output, this, nullptr, write_some, nullptr) != ARCHIVE_OK)
    fail("start writing a tar");
}

ssize_t TarWriter::write_some(archive* output, void* self, const void* data, std::size_t size) {
  auto& me = *static_cast<TarWriter*>(self);
  if (me.discard_) return static_cast<ssize_t>(size);
  try {
    me.sink_(static_cast<const char*>(data), size);
    return static_cast<ssize_t>(size);
  } catch (...) {
    me.failure_ = std::current_exception();
    ::archive_set_error(output, EIO, "write failed");
    return ARCHIVE_FATAL;
  }
}

void TarWriter::fail(const std::string& doing) {
  if (failure_) std::rethrow_exception(failure_);
  const char* text = ::archive_error_string(archive_.get());
  throw Error(doing + ": " + (text != nullptr ? text : "failed"));
}

void TarWriter::add(const TarEntry& entry) {
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> raw(::archive_entry_new(),
                                                                     ::archive_entry_free);
  const std::string path = entry.path.empty() ? "./" : entry.path;
  ::archive_entry_set_pathname(raw.get(), path.c_str());
  ::archive_entry_set_filetype(raw.get(), file_type(entry.type));
  ::archive_entry_set_perm(raw.get(), entry.mode);
  ::archive_entry_set_uid(raw.get(), entry.uid);
  ::archive_entry_set_gid(raw.get(), entry.gid);
  ::archive_entry_set_mtime(raw.get(), entry.mtime.tv_sec, entry.mtime.tv_nsec);
  ::archive_entry_set_size(
      raw.get(), entry.type == EntryType::kFile ? static_cast<la_int64_t>(entry.size) : 0);
  if (entry.type == EntryType::kSymlink)
    ::archive_entry_set_symlink(raw.get(), entry.target.c_str());
  if (entry.type == EntryType::kHardLink)
    ::archive_entry_set_hardlink(raw.get(), entry.target.c_str());
  if (entry.type == EntryType::kCharDevice || entry.type == EntryType::kBlockDevice) {
    ::archive_entry_set_rdevmajor(raw.get(), entry.device_major);
    ::archive_entry_set_rdevminor(raw.get(), entry.device_minor);
  }
  for (const auto& [name, value] : entry.xattrs) {
    ::archive_entry_xattr_add_entry(raw.get(), name.c_str(), value.data(), value.size());
  }
  const int result = ::archive_write_header(archive_.get(), raw.get());
  // A warning says that a name is not in the locale's charset; it is then stored as bytes.
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) fail("write " + entry.path + " to a tar");
}

void TarWriter::write(const char* data, std::size_t size) {
  while (size > 0) {
    const la_ssize_t n = ::archive_write_data(archive_.get(), data, size);
    if (n <= 0) fail("write a file to a tar");
    data += n;
    size -= static_cast<std::size_t>(n);
  }
}

void TarWriter::add_text(const std::string& path, std::string_view text) {
  TarEntry entry;
  entry.path = path;
  entry.mode = 0644;
  entry.size = text.size();
  add(entry);
  write(text.data(), text.size());
}

void TarWriter::finish() {
  if (::archive_write_close(archive_.get()) != ARCHIVE_OK) fail("finish a tar");
}

ByteSink fd_sink(int fd, std::string what) {
  return [fd, what = std::move(what)](const char* data, std::size_t size) {
    write_all(fd, {data, size}, what);
  };
}

}  // namespace podrun::images
