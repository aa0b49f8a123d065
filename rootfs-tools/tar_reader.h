// The entries of a plain tar stream, one after another.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "rootfs-tools/libarchive.h"

// NOLINTNEXTLINE(readability-identifier-naming): libarchive's own name
struct archive_entry;

namespace podrun::images {

enum class EntryType { kFile, kFolder, kSymlink, kHardLink, kCharDevice, kBlockDevice, kFifo };

struct TarEntry {
  EntryType type = EntryType::kFile;
  std::string path;    // clean (entry_path.h)
  std::string target;  // of a symbolic link as it stands; of a hard link clean
  mode_t mode = 0;     // permission bits, with setuid, setgid and sticky
  uid_t uid = 0;
  gid_t gid = 0;
  timespec mtime{};
  std::uint64_t size = 0;  // of a file, with its holes
  unsigned device_major = 0, device_minor = 0;
  std::vector<std::pair<std::string, std::string>> xattrs;
  std::uint64_t position = 0;  // of its first header in the stream
};

class TarReader {
 public:
  /// `what` names the archive in errors.
  TarReader(ByteSource& source, std::string what);

  /// The next entry; false at the end. Throws BadInput for a damaged archive or an entry whose name
  /// could lead out of a root.
  bool next(TarEntry& entry);

  /// A piece of the current file's data: where it goes, and what it is.
  struct Block {
    const char* data = nullptr;
    std::size_t size = 0;
    std::uint64_t offset = 0;
  };
  bool next_block(Block& block);

 private:
  void read_kind(archive_entry* raw, TarEntry& entry) const;
  void read_owner(archive_entry* raw, TarEntry& entry) const;
  void read_xattrs(archive_entry* raw, TarEntry& entry) const;

  std::string what_;
  ArchiveInput input_;
};

/// The data of a reader's current file as a source of bytes.
class EntrySource final : public ByteSource {
 public:
  EntrySource(TarReader& reader, std::string what) : reader_(reader), what_(std::move(what)) {}
  std::size_t read(char* buffer, std::size_t size) override;

 private:
  TarReader& reader_;
  std::string what_;
  TarReader::Block block_;
  std::uint64_t position_ = 0;
};

}  // namespace podrun::images
