#include "cli/roots.h"

#include <filesystem>

namespace podrun::cli {

std::string absolute(const std::string& path) {
  std::string text = std::filesystem::absolute(path).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

pod::Roots roots_of(const Arguments& arguments) {
  const auto folder = [&](std::string_view flag) {
    const std::string value = arguments.value(flag);
    return value.empty() ? value : absolute(value);
  };
  return {folder("data-dir"), folder("run-dir"), folder("log-dir")};
}

}  // namespace podrun::cli
