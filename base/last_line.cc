#include "base/last_line.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/fd.h"

namespace podrun {
namespace {

/// Of a log that grows as long as its program runs, no more than this is read.
constexpr off_t kMostBytes = 64 << 10;

std::string end_of(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts {};
  if (!file || ::fstat(file.get(), &facts) != 0) return "";
  std::string text(static_cast<std::size_t>(std::min(facts.st_size, kMostBytes)), '\0');
  const ssize_t got =
      ::pread(file.get(), text.data(), text.size(), std::max<off_t>(0, facts.st_size - kMostBytes));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
  return text;
}

}  // namespace

std::string last_line(const std::string& path) {
  std::string text = end_of(path);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t at = text.rfind('\n');
  return at == std::string::npos ? text : text.substr(at + 1);
}

}  // namespace podrun
