#include "base/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "base/error.h"
#include "base/fd.h"

namespace podrun {

std::string read_all(int fd, std::size_t limit) {
  std::string data;
  char chunk[16384];
  while (true) {
    const ssize_t n = ::read(fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("read");
    if (n == 0) return data;
    if (data.size() + static_cast<std::size_t>(n) > limit)
      throw Error("read: more than " + std::to_string(limit) + " bytes");
    data.append(chunk, static_cast<std::size_t>(n));
  }
}

std::string read_file_at(int dir_fd, const std::string& path, std::size_t limit) {
  const Fd fd = open_at(dir_fd, path, O_RDONLY);
  try {
    return read_all(fd.get(), limit);
  } catch (const Error& error) {
    throw error.within(path);
  }
}

std::string read_file(const std::string& path, std::size_t limit) {
  return read_file_at(AT_FDCWD, path, limit);
}

std::optional<std::string> read_file_if_exists(const std::string& path, std::size_t limit) {
  try {
    return read_file(path, limit);
  } catch (const Error& error) {
    if (error.errno_value() == ENOENT) return std::nullopt;
    throw;
  }
}

void write_all(int fd, std::string_view data, const std::string& what) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("write " + what);
    data.remove_prefix(static_cast<std::size_t>(n));
  }
}

void write_knob(int dir_fd, const std::string& file, std::string_view value) {
  const Fd fd = open_at(dir_fd, file, O_WRONLY);
  if (::write(fd.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size())) {
    throw_errno("write \"" + std::string(value) + "\" to " + file);
  }
}

void replace_file(const std::string& path, std::string_view data, mode_t mode, bool durable) {
  const std::string temporary = path + ".new";
  {
    const Fd fd = open_path(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
    write_all(fd.get(), data, temporary);
    if (durable && ::fsync(fd.get()) != 0) throw_errno("fsync " + temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    throw_errno("rename " + temporary + " to " + path);
  if (durable) {
    const auto slash = path.rfind('/');
    const Fd folder = open_path(slash == std::string::npos ? "." : path.substr(0, slash + 1),
                                O_RDONLY | O_DIRECTORY);
    if (::fsync(folder.get()) != 0) throw_errno("fsync the folder of " + path);
  }
}

void make_dirs(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) return;
  if (errno == ENOENT) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos || slash == 0) throw_errno("mkdir " + path);
    make_dirs(path.substr(0, slash), mode);
    if (::mkdir(path.c_str(), mode) == 0) return;
  }
  struct stat status {};
  if (errno == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return;
  if (errno == EEXIST) errno = ENOTDIR;
  throw_errno("mkdir " + path);
}

namespace {

void remove_entry(int dir_fd, const std::string& name, dev_t device);

void empty_folder(Fd folder, dev_t device) {
  std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(folder.get()), ::closedir);
  if (!stream) throw_errno("read a folder");
  const int fd = folder.release();
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") remove_entry(fd, name, device);
  }
}

void remove_entry(int dir_fd, const std::string& name, dev_t device) {
  if (::unlinkat(dir_fd, name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR && errno != EPERM) throw_errno("remove " + name);
  struct stat status {};
  if (::fstatat(dir_fd, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    throw_errno("stat " + name);
  if (!S_ISDIR(status.st_mode)) throw Error("remove " + name, EPERM);
  if (device != 0 && status.st_dev != device)
    throw Error("remove " + name, EXDEV, "something is mounted there");
  empty_folder(open_at(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), status.st_dev);
  if (::unlinkat(dir_fd, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
    throw_errno("rmdir " + name);
}

}  // namespace

void remove_tree(const std::string& path) {
  try {
    remove_entry(AT_FDCWD, path, 0);
  } catch (const Error& error) {
    throw error.within("remove " + path);
  }
}

void remove_children(const std::string& path) {
  Fd folder = open_path(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0) throw_errno("stat " + path);
  try {
    empty_folder(std::move(folder), status.st_dev);
  } catch (const Error& error) {
    throw error.within("empty " + path);
  }
}

}  // namespace podrun
