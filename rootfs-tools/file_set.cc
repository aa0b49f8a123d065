#include "rootfs-tools/file_set.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/error.h"
#include "rootfs-tools/beneath.h"
#include "rootfs-tools/entry_path.h"
#include "rootfs-tools/tar_reader.h"

namespace podrun::images {

namespace {

// An archive of images has a few files for each layer; what has more is a rootfs.
constexpr std::size_t kMostMembers = 10000;
constexpr int kMostLinks = 8;

/// A file as a source that owns its descriptor.
class OwnedFileSource final : public ByteSource {
 public:
  OwnedFileSource(Fd fd, const std::string& what) : fd_(std::move(fd)), source_(fd_.get(), what) {}
  std::size_t read(char* buffer, std::size_t size) override { return source_.read(buffer, size); }

 private:
  Fd fd_;
  FdSource source_;
};

/// A file inside a tar as a source of its own.
class MemberSource final : public ByteSource {
 public:
  MemberSource(int fd, const std::string& what, std::uint64_t position)
      : file_(fd, what, static_cast<off_t>(position)), reader_(file_, what), data_(reader_, what) {
    TarEntry entry;
    if (!reader_.next(entry)) throw BadInput(what + ": truncated tar archive");
  }
  std::size_t read(char* buffer, std::size_t size) override { return data_.read(buffer, size); }

 private:
  FdSource file_;
  TarReader reader_;
  EntrySource data_;
};

// No member has this name: where a link leads out of the archive.
const char* const kNowhere = "/";

/// "a/b/layer.tar" and "../c/layer.tar" to "a/c/layer.tar".
std::string resolve_link(const std::string& name, const std::string& target) {
  std::string folder = split_entry_path(name).folder;
  std::string_view rest = target;
  if (rest.empty() || rest.front() == '/') return kNowhere;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (folder.empty()) return kNowhere;
      folder = split_entry_path(folder).folder;
    } else {
      folder += (folder.empty() ? "" : "/") + std::string(part);
    }
  }
  return folder.empty() ? kNowhere : folder;
}

}  // namespace

std::string FileSet::text(const std::string& name, std::size_t limit) const {
  return read_text(*open(name), limit, name);
}

FolderFileSet::FolderFileSet(const std::string& folder)
    : path_(folder), folder_(open_path(folder, O_PATH | O_DIRECTORY)) {}

Fd FolderFileSet::open_file(const std::string& name) const {
  Fd fd = try_open_beneath(folder_.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!fd && errno != ENOENT && errno != ELOOP && errno != ENOTDIR && errno != EXDEV)
    throw_errno("open " + path_ + "/" + name);
  struct stat status {};
  if (fd && (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))) fd.reset();
  return fd;
}

bool FolderFileSet::has(const std::string& name) const { return open_file(name).valid(); }

std::unique_ptr<ByteSource> FolderFileSet::open(const std::string& name) const {
  Fd fd = open_file(name);
  if (!fd) throw BadInput(path_ + ": has no file " + in_quotes(name));
  return std::make_unique<OwnedFileSource>(std::move(fd), name);
}

std::uint64_t FolderFileSet::size(const std::string& name) const {
  const Fd fd = open_file(name);
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0)
    throw BadInput(path_ + ": has no file " + in_quotes(name));
  return static_cast<std::uint64_t>(status.st_size);
}

TarFileSet::TarFileSet(int fd, std::string what) : fd_(fd), what_(std::move(what)) {
  FdSource file(fd, what_);
  TarReader reader(file, what_);
  TarEntry entry;
  while (members_.size() < kMostMembers && reader.next(entry)) {
    if (entry.type == EntryType::kFolder) continue;
    Member member{entry.position, entry.size, ""};
    if (entry.type == EntryType::kHardLink) member.target = entry.target;
    if (entry.type == EntryType::kSymlink) member.target = resolve_link(entry.path, entry.target);
    if (!members_.try_emplace(entry.path, member).second) duplicate_ = entry.path;
  }
}

const TarFileSet::Member* TarFileSet::find(const std::string& name) const {
  auto found = members_.find(name);
  for (int i = 0; i < kMostLinks && found != members_.end(); ++i) {
    if (found->second.target.empty()) return &found->second;
    found = members_.find(found->second.target);
  }
  return nullptr;
}

bool TarFileSet::has(const std::string& name) const { return find(name) != nullptr; }

std::unique_ptr<ByteSource> TarFileSet::open(const std::string& name) const {
  const Member* member = find(name);
  if (member == nullptr) throw BadInput(what_ + ": has no file " + in_quotes(name));
  return std::make_unique<MemberSource>(fd_, what_ + ": " + name, member->position);
}

std::uint64_t TarFileSet::size(const std::string& name) const {
  const Member* member = find(name);
  if (member == nullptr) throw BadInput(what_ + ": has no file " + in_quotes(name));
  return member->size;
}

void TarFileSet::check_unique() const {
  if (!duplicate_.empty())
    throw BadInput(what_ + ": entry " + in_quotes(duplicate_) + " appears twice");
}

}  // namespace podrun::images
