#include "supervisor/pod/atomic_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <ctime>
#include <memory>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"

namespace podrun::pod {

namespace {

constexpr const char* kData = "..data";
constexpr mode_t kFolderMode = 0755;
constexpr mode_t kGroupReads = 0440;  // kubelet: pkg/volume, roMask

std::vector<std::string> names_in(int folder) {
  struct Close {
    void operator()(DIR* dir) const { ::closedir(dir); }
  };
  Fd own = open_at(folder, ".", O_RDONLY | O_DIRECTORY);
  const std::unique_ptr<DIR, Close> dir(::fdopendir(own.get()));
  if (!dir) throw_errno("read a volume's folder");
  own.release();
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

/// The name of the folder that shows now; "" where there is none.
std::string shown_folder(int root) {
  char target[NAME_MAX + 1];
  const ssize_t size = ::readlinkat(root, kData, target, sizeof target);
  if (size <= 0) return "";
  std::string name(target, static_cast<std::size_t>(size));
  return name.find('/') == std::string::npos && name.starts_with("..2") ? name : "";
}

std::size_t count_files(int folder) {
  std::size_t count = 0;
  for (const std::string& name : names_in(folder)) {
    struct stat status {};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      throw_errno("stat " + name);
    }
    count += S_ISDIR(status.st_mode)
                 ? count_files(open_beneath(folder, name, O_RDONLY | O_DIRECTORY).get())
                 : 1;
  }
  return count;
}

/// Reads no further than the content that is expected, and waits for no pipe.
bool has_content(int folder, const std::string& path, const std::string& content) {
  const Fd fd = open_beneath(folder, path, O_RDONLY | O_NONBLOCK);
  struct stat status {};
  return ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode) &&
         static_cast<std::size_t>(status.st_size) == content.size() &&
         read_all(fd.get(), content.size()) == content;
}

bool holds(int root, const std::string& name, const VolumeFiles& files) {
  try {
    const Fd folder = open_beneath(root, name, O_RDONLY | O_DIRECTORY);
    for (const auto& [path, file] : files) {
      if (!has_content(folder.get(), path, file.content)) return false;
    }
    return count_files(folder.get()) == files.size();
  } catch (const Error&) {
    return false;  // whatever it is, it is not what it was: it is made anew
  }
}

/// "..2006_01_02_15_04_05." and a number, as kubelet's MkdirTemp makes it.
std::string fresh_name(WallTime now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(now));
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[48];
  std::strftime(text, sizeof text, "..%Y_%m_%d_%H_%M_%S.", &parts);
  std::uint32_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number) throw_errno("get a random number");
  return text + std::to_string(number);
}

/// Writes files below a folder, which is made. By descriptors, one folder after the other: a
/// container that should not be able to write there, but is, leads nothing elsewhere.
class Writer {
 public:
  Writer(int root, const std::string& name, std::optional<gid_t> group) : group_(group) {
    if (::mkdirat(root, name.c_str(), kFolderMode) != 0) throw_errno("mkdir " + name);
    folder_ = open_own_folder(root, name);
  }

  void write(const std::string& path, const VolumeFile& file) const {
    Fd parent = folder_.duplicate();
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = path.find('/', begin)) != std::string::npos; begin = end + 1) {
      parent = enter(parent.get(), path.substr(begin, end - begin));
    }
    const Fd fd = open_beneath(parent.get(), path.substr(begin), O_WRONLY | O_CREAT | O_EXCL, 0600);
    write_all(fd.get(), file.content, path);
    give(fd.get(), path, file.owner, file.mode | (group_ ? kGroupReads : 0u));
  }

 private:
  Fd enter(int parent, const std::string& name) const {
    if (::mkdirat(parent, name.c_str(), kFolderMode) == 0) return open_own_folder(parent, name);
    if (errno != EEXIST) throw_errno("mkdir " + name);
    return open_beneath(parent, name, O_RDONLY | O_DIRECTORY);
  }
  Fd open_own_folder(int parent, const std::string& name) const {
    Fd fd = open_beneath(parent, name, O_RDONLY | O_DIRECTORY);
    give(fd.get(), name, std::nullopt, kFolderMode | (group_ ? S_ISGID : 0u));
    return fd;
  }
  void give(int fd, const std::string& name, std::optional<uid_t> owner, mode_t mode) const {
    constexpr unsigned kSame = ~0u;
    if ((owner || group_) && ::fchown(fd, owner.value_or(kSame), group_.value_or(kSame)) != 0) {
      throw_errno("chown " + name);
    }
    if (::fchmod(fd, mode) != 0) throw_errno("chmod " + name);
  }

  std::optional<gid_t> group_;
  Fd folder_;
};

void show(int root, const std::string& name) {
  constexpr const char* kNext = "..data_tmp";
  ::unlinkat(root, kNext, 0);
  if (::symlinkat(name.c_str(), root, kNext) != 0 || ::renameat(root, kNext, root, kData) != 0) {
    throw_errno(std::string("link ") + kData);
  }
}

/// What readers see: a link for each file or folder at the top.
void link_tops(int root, const VolumeFiles& files) {
  std::set<std::string> tops;
  for (const auto& [path, file] : files) tops.insert(path.substr(0, path.find('/')));
  for (const std::string& top : tops) {
    if (::symlinkat(("..data/" + top).c_str(), root, top.c_str()) != 0 && errno != EEXIST) {
      throw_errno("link " + top);
    }
  }
  for (const std::string& name : names_in(root)) {
    if (!name.starts_with("..") && !tops.contains(name)) ::unlinkat(root, name.c_str(), 0);
  }
}

}  // namespace

void write_atomically(const std::string& folder, const VolumeFiles& files,
                      std::optional<gid_t> group, WallTime now) {
  const Fd root = open_path(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const std::string old = shown_folder(root.get());
  if (!old.empty() && holds(root.get(), old, files)) return link_tops(root.get(), files);
  const std::string name = fresh_name(now);
  try {
    const Writer writer(root.get(), name, group);
    for (const auto& [path, file] : files) writer.write(path, file);
    show(root.get(), name);
  } catch (const Error&) {
    remove_tree(folder + "/" + name);
    throw;
  }
  link_tops(root.get(), files);
  if (!old.empty()) remove_tree(folder + "/" + old);
}

}  // namespace podrun::pod
