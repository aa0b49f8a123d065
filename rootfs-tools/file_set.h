// The files of a docker-archive or OCI layout by name, whether they lie in a folder or in a tar.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/fd.h"
#include "rootfs-tools/byte_source.h"

namespace podrun::images {

class FileSet {
 public:
  virtual ~FileSet() = default;
  virtual bool has(const std::string& name) const = 0;
  /// Throws BadInput where there is no such file.
  virtual std::unique_ptr<ByteSource> open(const std::string& name) const = 0;
  virtual std::uint64_t size(const std::string& name) const = 0;

  /// A whole small file.
  std::string text(const std::string& name, std::size_t limit) const;
};

class FolderFileSet final : public FileSet {
 public:
  explicit FolderFileSet(const std::string& folder);
  bool has(const std::string& name) const override;
  std::unique_ptr<ByteSource> open(const std::string& name) const override;
  std::uint64_t size(const std::string& name) const override;

 private:
  Fd open_file(const std::string& name) const;
  std::string path_;
  Fd folder_;
};

/// Over a plain tar in a file that can seek. Links between its files are followed (docker-archives
/// of old share layers so).
class TarFileSet final : public FileSet {
 public:
  /// Reads the headers. `fd` must outlive the set.
  TarFileSet(int fd, std::string what);
  bool has(const std::string& name) const override;
  std::unique_ptr<ByteSource> open(const std::string& name) const override;
  std::uint64_t size(const std::string& name) const override;
  /// Throws BadInput where a name appears twice: readers differ in which one they take.
  void check_unique() const;

 private:
  struct Member {
    std::uint64_t position = 0;
    std::uint64_t size = 0;
    std::string target;  // of a link, else empty
  };
  const Member* find(const std::string& name) const;

  int fd_;
  std::string what_;
  std::map<std::string, Member> members_;
  std::string duplicate_;
};

}  // namespace podrun::images
