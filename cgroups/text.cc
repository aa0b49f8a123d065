#include "cgroups/text.h"

#include <charconv>
#include <cstdlib>

namespace podrun::cgroups {

namespace {

template <typename IsSeparator>
std::vector<std::string_view> split_if(std::string_view text, IsSeparator is_separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !is_separator(text[i])) continue;
    if (i > start) parts.push_back(text.substr(start, i - start));
    start = i + 1;
  }
  return parts;
}

std::string_view after_prefix(std::string_view word, std::string_view prefix) {
  return word.substr(0, prefix.size()) == prefix ? word.substr(prefix.size()) : std::string_view();
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  return split_if(text, [separator](char c) { return c == separator; });
}

std::vector<std::string_view> words(std::string_view text) {
  return split_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\n") - first + 1));
}

bool has_word(std::string_view text, std::string_view word) {
  for (const std::string_view candidate : words(text))
    if (candidate == word) return true;
  return false;
}

std::optional<std::uint64_t> parse_u64(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> flat_value(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (line.size() > key.size() && line[key.size()] == ' ' && line.substr(0, key.size()) == key)
      return parse_u64(line.substr(key.size() + 1));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

std::optional<Pressure> parse_pressure(std::string_view text) {
  Pressure pressure;
  bool seen = false;
  for (const std::string_view line : split(text, '\n')) {
    const auto fields = words(line);
    const bool some = !fields.empty() && fields[0] == "some";
    const bool full = !fields.empty() && fields[0] == "full";
    if (!some && !full) continue;
    for (const std::string_view field : fields) {
      if (const auto average = after_prefix(field, "avg10="); some && !average.empty()) {
        pressure.some_avg10 = std::strtod(std::string(average).c_str(), nullptr);
      } else if (const auto total = parse_u64(after_prefix(field, "total="))) {
        (some ? pressure.some_total_us : pressure.full_total_us) = *total;
        seen = seen || some;
      }
    }
  }
  return seen ? std::optional(pressure) : std::nullopt;
}

}  // namespace podrun::cgroups
