// Values as descriptions show them.
#include <algorithm>
#include <ctime>

#include "base/duration.h"
#include "base/error.h"
#include "supervisor/client/describe_parts.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::client {
namespace {

/// Longer annotations are cut.
constexpr std::size_t kAnnotationSize = 140;
/// `kubectl apply` keeps the last manifest there.
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

void append_annotation(std::vector<std::string>& lines, const std::string& key, std::string value) {
  if (value.ends_with('\n')) value.pop_back();
  const bool fits = key.size() + value.size() + 2 <= kAnnotationSize;
  if (fits && value.find('\n') == std::string::npos) {
    lines.push_back(key + ": " + value);
    return;
  }
  lines.push_back(key + ":");
  for (const std::string& line : lines_of(value)) {
    const bool cut = line.size() > kAnnotationSize - 2;
    lines.push_back("  " + (cut ? line.substr(0, kAnnotationSize - 2) + "..." : line));
  }
}

}  // namespace

std::map<std::string, std::string> texts_of(const Json& object) {
  std::map<std::string, std::string> texts;
  if (!object.is_object()) return texts;
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) texts.emplace(key, value.get<std::string>());
  }
  return texts;
}

std::vector<std::string> list_at(const Json& object, std::string_view path) {
  std::vector<std::string> list;
  for (const Json& item : at_path(object, path)) list.push_back(text_at(item, ""));
  return list;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (true) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

std::vector<Json> sorted_by(const Json& list, std::string_view path) {
  std::vector<Json> sorted(list.begin(), list.end());
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Json& a, const Json& b) {
    return text_at(a, path) < text_at(b, path);
  });
  return sorted;
}

std::string or_else(const std::string& text, std::string_view otherwise) {
  return text.empty() ? std::string(otherwise) : text;
}

std::string or_none(const std::string& text) { return or_else(text, "<none>"); }

std::string number_at(const Json& object, std::string_view path) {
  return std::to_string(int_at(object, path));
}

bool is_set(const Json& object, std::string_view path) {
  const Json* value = find_path(object, path);
  return value != nullptr && !value->is_null();
}

std::string or_unset(const Json& object, std::string_view path) {
  return is_set(object, path) ? text_at(object, path) : "<unset>";
}

std::string truth_at(const Json& object, std::string_view path) {
  return bool_at(object, path) ? "true" : "false";
}

namespace {

bool read_time(const Json& object, std::string_view path, WallTime& time) try {
  const std::string text = text_at(object, path);
  if (text.empty()) return false;
  time = parse_rfc3339(text);
  return true;
} catch (const BadInput&) {
  return false;
}

}  // namespace

std::string time_at(const Json& object, std::string_view path) {
  WallTime time;
  if (!read_time(object, path, time)) return "Mon, 01 Jan 0001 00:00:00 +0000";
  const std::time_t seconds = std::chrono::floor<Seconds>(time).time_since_epoch().count();
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S %z", &parts)};
}

std::string since(const Json& object, std::string_view path, WallTime now) {
  WallTime time;
  return read_time(object, path, time) ? human_duration(now - time) : "<unknown>";
}

Resources resources_at(const Json& object, std::string_view path) {
  Resources resources;
  const Json& map = at_path(object, path);
  if (!map.is_object()) return resources;
  for (const auto& [name, value] : map.items()) {
    try {
      resources[name] = Quantity::parse(text_at(value, ""));
    } catch (const BadInput&) {
      resources[name] = Quantity();
    }
  }
  return resources;
}

std::vector<std::string> label_lines(const Json& map) {
  std::vector<std::string> lines;
  for (const auto& [key, value] : texts_of(map)) lines.push_back(key + "=" + value);
  return lines;
}

std::vector<std::string> annotation_lines(const Json& map) {
  std::vector<std::string> lines;
  for (const auto& [key, value] : texts_of(map)) {
    if (key != kLastApplied) append_annotation(lines, key, value);
  }
  return lines;
}

std::string selector_of(const Json& selector) {
  return manifest::LabelSelector::from_label_selector(selector).to_string();
}

std::string go_list(const std::vector<std::string>& parts) {
  return "[" + joined(parts, " ") + "]";
}

bool same_value(const Json& a, const Json& b) { return nlohmann::json(a) == nlohmann::json(b); }

}  // namespace podrun::client
