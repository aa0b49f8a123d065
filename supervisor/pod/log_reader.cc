#include "supervisor/pod/log_reader.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"

namespace podrun::pod {

namespace {

constexpr std::size_t kBlock = 64u << 10;  // longer than any line that a writer makes
constexpr std::size_t kBudget = 256u << 10;

Fd watch_folder(const std::string& folder) {
  Fd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!events) throw_errno("make an inotify descriptor");
  if (::inotify_add_watch(events.get(), folder.c_str(),
                          IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0)
    throw_errno("watch " + folder);
  return events;
}

Fd open_log(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno != ENOENT) throw_errno("open " + path);
  return file;
}

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// The file after the one that `file` has open; empty where that is the live one. A file that was
/// removed as too old is followed by the oldest that is left.
std::string successor(const std::string& path, int file) {
  struct stat own {};
  if (::fstat(file, &own) != 0) throw_errno("stat " + path);
  const std::vector<std::string> files = log_files(path);
  // The last match: during a rotation the live file has two names.
  std::size_t next = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    struct stat other {};
    if (::stat(files[i].c_str(), &other) == 0 && same_file(own, other)) next = i + 1;
  }
  return next < files.size() ? files[next] : std::string();
}

/// The offset behind the `lines`-th line feed from the end, which itself does not count; `lines` is
/// lowered by those that were found. 0 where there are fewer.
std::uint64_t tail_offset(int file, std::uint64_t& lines) {
  struct stat status {};
  if (::fstat(file, &status) != 0) throw_errno("stat a log");
  auto at = static_cast<std::uint64_t>(status.st_size);
  if (lines == 0) return at;
  char block[kBlock];
  bool at_last_feed = true;
  while (at > 0) {
    const std::size_t size = std::min<std::uint64_t>(sizeof block, at);
    const ssize_t n = ::pread(file, block, size, static_cast<off_t>(at - size));
    if (n != static_cast<ssize_t>(size)) return at;
    for (std::size_t i = size; i > 0; --i) {
      if (block[i - 1] != '\n') continue;
      if (!std::exchange(at_last_feed, false) && --lines == 0) return at - size + i;
    }
    at -= size;
  }
  if (!at_last_feed) --lines;
  return 0;
}

}  // namespace

LogFollower::LogFollower(std::string path, LogSelection selection)
    : path_(std::move(path)), selection_(selection) {
  const auto slash = path_.rfind('/');
  events_ = watch_folder(slash == std::string::npos ? "." : path_.substr(0, slash + 1));
  open_first();
}

void LogFollower::open_first() {
  std::vector<std::string> files = log_files(path_);
  offset_ = 0;
  if (!selection_.tail) {
    for (std::size_t i = 0; i < files.size() && !file_; ++i) file_ = open_log(files[i]);
    return;
  }
  std::uint64_t lines = *selection_.tail;
  selection_.tail.reset();  // counted once, from the end as it is now
  while (!files.empty()) {
    if (Fd file = open_log(files.back())) {
      offset_ = tail_offset(file.get(), lines);
      file_ = std::move(file);
    }
    files.pop_back();
    if (lines == 0) return;
  }
}

bool LogFollower::has_successor() const { return !successor(path_, file_.get()).empty(); }

bool LogFollower::open_successor() {
  while (true) {
    const std::string next = successor(path_, file_.get());
    if (next.empty()) return false;
    Fd file = open_log(next);
    if (!file) continue;
    // Another rotation may have given the name to a later file.
    struct stat opened {
    }, named{};
    const std::string again = successor(path_, file_.get());
    if (::fstat(file.get(), &opened) != 0 || ::stat(again.c_str(), &named) != 0 ||
        !same_file(opened, named))
      continue;
    file_ = std::move(file);
    offset_ = 0;
    in_overlong_line_ = false;
    return true;
  }
}

bool LogFollower::read(const Sink& sink) {
  char events[4096];
  while (::read(events_.get(), events, sizeof events) > 0) {
  }
  if (!file_) open_first();
  if (!file_) return false;
  std::size_t budget = kBudget;
  while (true) {
    while (read_file(sink, budget))
      if (budget == 0) return true;
    if (!has_successor()) return false;
    // Nothing is written to a file that has a successor: what is there now is all of it.
    while (read_file(sink, budget))
      if (budget == 0) return true;
    if (!open_successor()) return false;
  }
}

bool LogFollower::read_file(const Sink& sink, std::size_t& budget) {
  char block[kBlock];
  const ssize_t n = ::pread(file_.get(), block, sizeof block, static_cast<off_t>(offset_));
  if (n < 0) throw_errno("read " + path_);
  std::string_view rest(block, static_cast<std::size_t>(n));
  if (n == 0) {
    struct stat status {};
    if (::fstat(file_.get(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) < offset_)
      offset_ = static_cast<std::uint64_t>(status.st_size);  // cut short by someone
    return false;
  }
  for (auto feed = rest.find('\n'); feed != std::string_view::npos; feed = rest.find('\n')) {
    const std::string_view text = rest.substr(0, feed);
    rest.remove_prefix(feed + 1);
    offset_ += feed + 1;
    budget -= std::min(budget, feed + 1);
    if (std::exchange(in_overlong_line_, false)) continue;
    const auto line = parse_cri_line(text);
    if (!line) {
      ++malformed_;
    } else if (!selection_.since || line->time >= *selection_.since) {
      sink(*line);
    }
  }
  const bool whole_block = static_cast<std::size_t>(n) == sizeof block;
  if (whole_block && rest.size() == sizeof block) {
    if (!in_overlong_line_) ++malformed_;
    in_overlong_line_ = true;
    offset_ += rest.size();
    budget -= std::min(budget, rest.size());
  }
  return whole_block || rest.size() < static_cast<std::size_t>(n);
}

void LogPrinter::print(const CriLine& line) {
  if (options_.only && line.stream != *options_.only) return;
  bool& inside = inside_line_[static_cast<int>(line.stream)];
  std::string text;
  if (options_.timestamps && !inside) text = rfc3339_nano(line.time) + " ";
  text += line.text;
  if (!line.partial) text += '\n';
  inside = line.partial;
  put(line.stream, text);
}

void LogPrinter::put(LogStream stream, std::string_view bytes) {
  if (options_.limit_bytes) {
    bytes = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), *options_.limit_bytes));
    *options_.limit_bytes -= bytes.size();
  }
  if (!bytes.empty()) output_(stream, bytes);
}

}  // namespace podrun::pod
