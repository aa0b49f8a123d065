#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/image_list.h"

namespace podrun::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(50);
constexpr std::size_t kBarWidth = 30;

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string progress_line(const images::Progress& progress, std::size_t width) {
  std::string text = progress.what;
  if (progress.total == 0) {
    if (progress.done > 0) text += "  " + size_text(progress.done);
  } else {
    const std::uint64_t done = std::min(progress.done, progress.total);
    const auto filled = static_cast<std::size_t>(static_cast<double>(done) /
                                                 static_cast<double>(progress.total) * kBarWidth);
    std::string bar(filled, '=');
    if (filled < kBarWidth) bar += '>';
    bar.resize(kBarWidth, ' ');
    const auto percent =
        static_cast<int>(static_cast<double>(done) / static_cast<double>(progress.total) * 100);
    text += "  [" + bar + "]  " + std::to_string(percent) + "%  " + size_text(done) + "/" +
            size_text(progress.total);
  }
  if (text.size() > width) text.resize(width);
  return text;
}

ProgressBar::ProgressBar(bool quiet) : active_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::show(const images::Progress& progress) {
  if (!active_) return;
  const Moment now = clock_.now();
  if (drawn_ && progress.what == what_ && now - last_ < kRedraw) return;
  last_ = now;
  what_ = progress.what;
  drawn_ = true;
  std::fprintf(stderr, "\r%s\x1b[K", progress_line(progress, terminal_width() - 1).c_str());
  std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace podrun::cli
