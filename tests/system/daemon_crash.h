// What tests that kill a daemon share.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

namespace podrun::test {

/// An environment variable's number.
inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Nothing where there is no such folder.
inline std::set<std::string> names_below(const std::string& folder) {
  std::set<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

}  // namespace podrun::test
