#include "supervisor/pod/stop_signal.h"

#include <signal.h>
#include <string.h>

#include <charconv>
#include <string_view>

namespace podrun::pod {

namespace {

int number_in(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

}  // namespace

int parse_signal(const std::string& name) {
  if (const int number = number_in(name); number >= 0) return number <= SIGRTMAX ? number : 0;
  const std::string_view text = std::string_view(name).substr(name.rfind("SIG", 0) == 0 ? 3 : 0);
  if (text.rfind("RTMIN+", 0) == 0) {
    const int offset = number_in(text.substr(6));
    return offset >= 0 && SIGRTMIN + offset <= SIGRTMAX ? SIGRTMIN + offset : 0;
  }
  for (int number = 1; number < SIGRTMIN; ++number) {
    const char* known = ::sigabbrev_np(number);
    if (known != nullptr && text == known) return number;
  }
  return 0;
}

int stop_signal(const manifest::Container& container, const images::ImageConfig& image) {
  if (container.lifecycle) {
    if (const int number = parse_signal(container.lifecycle->stop_signal); number != 0)
      return number;
  }
  const int number = parse_signal(image.stop_signal);
  return number != 0 ? number : SIGTERM;
}

}  // namespace podrun::pod
