#include "supervisor/pod/log_files.h"

#include <dirent.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <memory>
#include <string_view>

namespace podrun::pod {

namespace {

bool digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_rotation_stamp(std::string_view text) {
  return text.size() == 15 && digits(text.substr(0, 8)) && text[8] == '-' && digits(text.substr(9));
}

template <typename Use>
void each_entry(const std::string& folder, Use use) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), ::closedir);
  while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr)
    use(std::string_view(entry->d_name));
}

}  // namespace

std::vector<std::string> log_files(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  std::vector<std::string> files;
  bool live = false;
  each_entry(folder, [&](std::string_view entry) {
    live = live || entry == name;
    if (!entry.starts_with(name) || entry.size() == name.size() || entry[name.size()] != '.')
      return;
    const std::string_view suffix = entry.substr(name.size() + 1);
    if (is_rotation_stamp(suffix)) files.push_back(path + "." + std::string(suffix));
  });
  std::sort(files.begin(), files.end());
  if (live) files.push_back(path);
  return files;
}

std::vector<int> log_instances(const std::string& container_folder) {
  std::vector<int> numbers;
  each_entry(container_folder, [&](std::string_view entry) {
    if (!entry.ends_with(".log")) return;
    entry.remove_suffix(4);
    int number = 0;
    const auto [end, error] = std::from_chars(entry.data(), entry.data() + entry.size(), number);
    if (error == std::errc() && end == entry.data() + entry.size() && digits(entry))
      numbers.push_back(number);
  });
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::string rotation_stamp(WallTime time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts));
}

}  // namespace podrun::pod
