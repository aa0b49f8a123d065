#include "rootfs-tools/overlay.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <exception>
#include <thread>

#include "base/error.h"

namespace podrun::images {

namespace {

// Texts that fsconfig(2) takes are at most 256 bytes with their NUL.
constexpr std::size_t kLongestParameter = 255;

/// A folder as the kernel can be given it: the path, or where that is too long or has characters
/// that overlayfs reads as separators, a descriptor's path.
class FolderName {
 public:
  explicit FolderName(const std::string& path) : text_(path) {
    if (path.size() <= kLongestParameter && path.find_first_of(":,\\") == std::string::npos) return;
    hold();
  }
  FolderName(const std::string& path, bool hold_always) : FolderName(path) {
    if (hold_always && !fd_) hold();
  }
  const std::string& text() const { return text_; }
  int fd() const { return fd_.get(); }

 private:
  void hold() {
    fd_ = open_path(text_, O_PATH | O_DIRECTORY);
    text_ = "/proc/self/fd/" + std::to_string(fd_.get());
  }
  Fd fd_;
  std::string text_;
};

/// What the kernel has to say about a file system context that failed ("" where nothing).
std::string context_messages(int context) {
  std::string all;
  char line[512];
  const int failure = errno;
  while (true) {
    const ssize_t n = ::read(context, line, sizeof line);
    if (n <= 2) break;
    if (!all.empty()) all += "; ";
    all.append(line + 2, static_cast<std::size_t>(n) - 2);
    if (all.back() == '\n') all.pop_back();
  }
  errno = failure;
  return all;
}

[[noreturn]] void refuse(int context, const std::string& doing) {
  const int failure = errno;
  const std::string messages = context_messages(context);
  throw Error(messages.empty() ? doing : doing + " (" + messages + ")", failure,
              failure == EINVAL || failure == EOPNOTSUPP ? kUpperHint : "");
}

void set(int context, const char* key, const std::string& value) {
  if (::fsconfig(context, FSCONFIG_SET_STRING, key, value.c_str(), 0) != 0)
    refuse(context, std::string("overlay: set ") + key + "=" + value);
}

/// overlayfs falls back to a read-only mount where the upper file system lacks what it needs.
void check_writable(int mount, const OverlayFolders& folders) {
  struct statvfs status {};
  if (::fstatvfs(mount, &status) != 0) throw_errno("look at the overlay of " + folders.upper);
  if ((status.f_flag & ST_RDONLY) != 0)
    throw Error("mount an overlay with its writable layer in " + folders.upper, EROFS, kUpperHint);
}

bool kernel_appends_lower_folders() {
  utsname names{};
  ::uname(&names);
  int major = 0;
  int minor = 0;
  const char* end = names.release + std::strlen(names.release);
  const auto dot = std::from_chars(names.release, end, major).ptr;
  if (dot == end || *dot != '.') return false;
  std::from_chars(dot + 1, end, minor);
  return major > 6 || (major == 6 && minor >= 7);
}

Fd open_context() {
  Fd context(::fsopen("overlay", FSOPEN_CLOEXEC));
  if (!context)
    throw_errno("open an overlay file system",
                errno == ENODEV ? "load the kernel module: modprobe overlay" : "");
  return context;
}

Fd finish(int context, const OverlayFolders& folders) {
  if (::fsconfig(context, FSCONFIG_SET_FLAG, "volatile", nullptr, 0) != 0)
    refuse(context, "overlay: set volatile");
  if (::fsconfig(context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
    refuse(context, "make an overlay with its writable layer in " + folders.upper);
  Fd mount(::fsmount(context, FSMOUNT_CLOEXEC, 0));
  if (!mount) throw_errno("mount the overlay of " + folders.upper);
  check_writable(mount.get(), folders);
  return mount;
}

Fd mount_by_parts(const OverlayFolders& folders) {
  const Fd context = open_context();
  std::vector<FolderName> held;
  held.reserve(folders.lower.size() + 2);
  const auto give = [&](const char* key, const std::string& path) {
    held.emplace_back(path);
    set(context.get(), key, held.back().text());
  };
  for (auto lower = folders.lower.rbegin(); lower != folders.lower.rend(); ++lower) {
    give("lowerdir+", *lower);
  }
  give("upperdir", folders.upper);
  give("workdir", folders.work);
  return finish(context.get(), folders);
}

/// For kernels without "lowerdir+": all lower folders in one parameter. Nothing where they do not
/// fit into it; by descriptors a dozen do.
Fd try_mount_by_list(const OverlayFolders& folders) {
  std::vector<FolderName> held;
  held.reserve(folders.lower.size() + 2);
  std::string list;
  for (auto lower = folders.lower.rbegin(); lower != folders.lower.rend(); ++lower) {
    held.emplace_back(*lower, folders.lower.size() > 1);
    list += (list.empty() ? "" : ":") + held.back().text();
    if (list.size() > kLongestParameter) return Fd();
  }
  const Fd context = open_context();
  set(context.get(), "lowerdir", list);
  held.emplace_back(folders.upper);
  set(context.get(), "upperdir", held.back().text());
  held.emplace_back(folders.work);
  set(context.get(), "workdir", held.back().text());
  return finish(context.get(), folders);
}

/// All of it in one string of at most a page, with descriptors for names so that it stays short.
std::string mount_data(const OverlayFolders& folders, std::vector<FolderName>& held) {
  const auto number = [&](const std::string& path) {
    held.emplace_back(path, true);
    return std::to_string(held.back().fd());
  };
  std::string data = "volatile,lowerdir=";
  for (auto lower = folders.lower.rbegin(); lower != folders.lower.rend(); ++lower) {
    if (lower != folders.lower.rbegin()) data += ":";
    data += number(*lower);
  }
  data += ",upperdir=" + number(folders.upper);
  return data + ",workdir=" + number(folders.work);
}

/// Runs in a thread of its own, whose mount namespace and working folder are then its own too.
Fd mount_in_own_namespace(const OverlayFolders& folders) {
  if (::unshare(CLONE_NEWNS) != 0) throw_errno("make a mount namespace");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    throw_errno("make mounts private");
  // Opened only now: overlayfs takes folders of the caller's mount namespace alone.
  std::vector<FolderName> held;
  held.reserve(folders.lower.size() + 2);
  const std::string data = mount_data(folders, held);
  const Fd target = open_path(folders.work, O_PATH | O_DIRECTORY);
  const Fd parent = open_at(target.get(), "..", O_PATH | O_DIRECTORY);
  const std::string name = folders.work.substr(folders.work.rfind('/') + 1);
  // The working folder is the thread's own; /proc/self, with the descriptors, is the process's.
  if (::chdir("/proc/self/fd") != 0) throw_errno("enter /proc/self/fd");
  if (::mount("overlay", std::to_string(target.get()).c_str(), "overlay", 0, data.c_str()) != 0)
    throw_errno("make an overlay with its writable layer in " + folders.upper,
                errno == EINVAL ? kUpperHint : "");
  Fd mount(::open_tree(parent.get(), name.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!mount) throw_errno("take the overlay of " + folders.upper);
  check_writable(mount.get(), folders);
  return mount;
}

}  // namespace

Fd mount_overlay_by_string(const OverlayFolders& folders) {
  Fd mount;
  std::exception_ptr failure;
  std::thread worker([&] {
    try {
      mount = mount_in_own_namespace(folders);
    } catch (...) {
      failure = std::current_exception();
    }
  });
  worker.join();
  if (failure) std::rethrow_exception(failure);
  return mount;
}

Fd mount_overlay_by_list(const OverlayFolders& folders) {
  Fd mount = try_mount_by_list(folders);
  return mount ? std::move(mount) : mount_overlay_by_string(folders);
}

Fd mount_overlay(const OverlayFolders& folders) {
  return kernel_appends_lower_folders() ? mount_by_parts(folders) : mount_overlay_by_list(folders);
}

}  // namespace podrun::images
