#include "supervisor/pod/cri_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/pod/log_files.h"

namespace podrun::pod {

std::string container_log_path(const std::string& log_dir, const std::string& pod_namespace,
                               const std::string& pod, const std::string& uid,
                               const std::string& container, int restart) {
  return log_dir + "/" + pod_namespace + "_" + pod + "_" + uid + "/" + container + "/" +
         std::to_string(restart) + ".log";
}

/// A line on its way: nothing of it is copied.
struct CriLog::Line {
  std::string_view prefix, begin, text;
  std::size_t bytes() const { return prefix.size() + begin.size() + text.size() + 1; }
};

/// Lines that one writev(2) takes.
class CriLog::Batch {
 public:
  static constexpr std::size_t kLines = 128;
  bool full() const { return count_ == kLines; }
  bool empty() const { return count_ == 0; }
  void add(const Line& line) { lines_[count_++] = line; }
  void clear() { count_ = 0; }
  const Line* begin() const { return lines_.data(); }
  const Line* end() const { return lines_.data() + count_; }

 private:
  std::array<Line, kLines> lines_;
  std::size_t count_ = 0;
};

CriLog::CriLog(std::string path, CriLogFigures figures)
    : path_(std::move(path)), figures_(figures) {
  open_file();
}

bool CriLog::open_file() {
  try {
    make_dirs(path_.substr(0, path_.rfind('/')));
    file_ = open_path(path_, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0640);
    struct stat status {};
    size_ = ::fstat(file_.get(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  } catch (const Error& error) {
    error_ = error.errno_value() != 0 ? error.errno_value() : EIO;
  }
  return file_.valid();
}

void CriLog::write(LogStream stream, std::string_view bytes, WallTime now) {
  std::string& unfinished = unfinished_[static_cast<int>(stream)];
  const std::string held = std::exchange(unfinished, {});
  std::string_view begin = held;
  const std::string full = cri_line_prefix(now, stream, false);
  const std::string part = cri_line_prefix(now, stream, true);
  Batch batch;
  while (!bytes.empty()) {
    const std::size_t room = figures_.max_line - std::min(begin.size(), figures_.max_line);
    const auto feed = bytes.substr(0, room + 1).find('\n');
    if (feed == std::string_view::npos && bytes.size() <= room) break;
    if (batch.full()) {
      put(batch, now);
      batch.clear();
    }
    const bool whole = feed != std::string_view::npos;
    const std::string_view text = bytes.substr(0, whole ? feed : room);
    batch.add({whole ? full : part, begin, text});
    bytes.remove_prefix(text.size() + (whole ? 1 : 0));
    begin = {};
  }
  if (!batch.empty()) put(batch, now);
  unfinished.append(begin).append(bytes);
}

void CriLog::end(LogStream stream, WallTime now) {
  const std::string last = std::exchange(unfinished_[static_cast<int>(stream)], {});
  const std::string prefix = cri_line_prefix(now, stream, false);
  Batch batch;
  if (!last.empty()) batch.add({prefix, {}, last});
  if (!batch.empty() || unsaid_.lines > 0) put(batch, now);
}

void CriLog::put(const Batch& batch, WallTime now) {
  if (!file_ && !open_file()) {
    for (const Line& line : batch) lose(line, error_);
    return;
  }
  if (unsaid_.lines > 0) say_what_was_lost(now);
  if (!batch.empty()) write_lines(batch);
  if (size_ >= figures_.max_size) rotate(now);
}

void CriLog::lose(const Line& line, int errno_value) {
  for (LostOutput* lost : {&lost_, &unsaid_}) {
    ++lost->lines;
    lost->bytes += line.begin.size() + line.text.size();
  }
  error_ = errno_value;
}

void CriLog::write_lines(const Batch& batch) {
  static char line_feed = '\n';
  std::array<iovec, Batch::kLines * 4> parts;
  int count = 0;
  std::size_t total = 0;
  const auto add = [&](std::string_view part) {
    if (part.empty()) return;
    parts[static_cast<std::size_t>(count++)] = {const_cast<char*>(part.data()), part.size()};
    total += part.size();
  };
  for (const Line& line : batch) {
    add(line.prefix);
    add(line.begin);
    add(line.text);
    add({&line_feed, 1});
  }
  ssize_t written = 0;
  do {
    written = ::writev(file_.get(), parts.data(), count);
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(total)) {
    size_ += total;
    error_ = 0;
    return;
  }
  // A full disk may take a part: keep its whole lines, so that no reader sees a torn one.
  const int reason = written < 0 ? errno : ENOSPC;
  std::size_t rest = written < 0 ? 0 : static_cast<std::size_t>(written);
  for (const Line& line : batch) {
    const bool fits = line.bytes() <= rest;
    if (fits) {
      rest -= line.bytes();
      size_ += line.bytes();
    } else {
      if (rest > 0) {
        struct stat status {};
        if (::fstat(file_.get(), &status) != 0 ||
            ::ftruncate(file_.get(), status.st_size - static_cast<off_t>(rest)) != 0)
          size_ += rest;
      }
      rest = 0;
      lose(line, reason);
    }
  }
}

void CriLog::say_what_was_lost(WallTime now) {
  const LostOutput unsaid = std::exchange(unsaid_, {});
  const LostOutput before = lost_;
  const std::string prefix = cri_line_prefix(now, LogStream::kStderr, false);
  const std::string text = "podrun: " + std::to_string(unsaid.lines) + " lines (" +
                           std::to_string(unsaid.bytes) +
                           " bytes) of output were lost here: " + errno_text(error_);
  const int reason = error_;
  Batch batch;
  batch.add({prefix, {}, text});
  write_lines(batch);
  if (error_ == 0) return;
  lost_ = before;  // this line is no output of the container
  unsaid_ = unsaid;
  error_ = reason;
}

void CriLog::rotate(WallTime now) {
  // Two rotations within a second get different names, in order.
  WallTime stamp = std::max(now, last_rotation_ + Seconds(1));
  std::string rotated = path_ + "." + rotation_stamp(stamp);
  while (::access(rotated.c_str(), F_OK) == 0) {
    stamp += Seconds(1);
    rotated = path_ + "." + rotation_stamp(stamp);
  }
  const std::string fresh = path_ + ".tmp";
  Fd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                 0640));
  // By way of a second link, so that `path_` is there at any time; where a file system has none,
  // rename.
  const bool kept = file && (::link(path_.c_str(), rotated.c_str()) == 0 ||
                             ::rename(path_.c_str(), rotated.c_str()) == 0);
  if (!kept || ::rename(fresh.c_str(), path_.c_str()) != 0) {
    error_ = errno;
    if (kept) ::rename(rotated.c_str(), path_.c_str());
    ::unlink(fresh.c_str());
    return;  // goes on in the old file
  }
  file_ = std::move(file);
  size_ = 0;
  last_rotation_ = stamp;
  remove_excess();
}

void CriLog::remove_excess() {
  std::vector<std::string> files = log_files(path_);
  const auto most = static_cast<std::size_t>(std::max(figures_.max_files, 1));
  for (std::size_t i = 0; i + most < files.size(); ++i) ::unlink(files[i].c_str());
}

}  // namespace podrun::pod
