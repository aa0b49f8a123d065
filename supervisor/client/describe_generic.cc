// An object of any kind: all of its fields, by name.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "supervisor/client/describe.h"
#include "supervisor/client/describe_parts.h"

namespace podrun::client {
namespace {

/// The header has them, or they are of no interest.
const std::set<std::string> kSkipped = {".metadata.managedFields", ".metadata.name",
                                        ".metadata.namespace", ".metadata.labels",
                                        ".metadata.annotations"};

enum class Letter { kLower, kUpper, kOther };

Letter letter_of(char c) {
  const auto letter = static_cast<unsigned char>(c);
  return std::islower(letter) != 0   ? Letter::kLower
         : std::isupper(letter) != 0 ? Letter::kUpper
                                     : Letter::kOther;
}

/// "podIPsOf": "pod", "I", "Ps", "Of". The last capital of several begins the word behind them.
std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const Letter letter = letter_of(name[i]);
    const Letter before = i == 0 ? letter : letter_of(name[i - 1]);
    if (i == 0) {
      words.emplace_back();
    } else if (letter != before) {
      const bool joins = before == Letter::kUpper && letter == Letter::kLower;
      std::string word;
      if (joins) {
        word = words.back().back();
        words.back().pop_back();
        if (words.back().empty()) words.pop_back();
      }
      words.push_back(word);
    }
    words.back() += name[i];
  }
  return words;
}

/// "holderIdentity" is "Holder Identity"; a name with other characters than letters stays.
std::string title_of(const std::string& name) {
  static const std::set<std::string> acronyms = {"API", "URL", "UID", "OSB", "GUID"};
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](char c) { return letter_of(c) != Letter::kOther || c == '-'; });
  if (!plain) return name;
  std::vector<std::string> words;
  for (const std::string& word : words_of(name)) {
    std::string upper = word, shown = lowercase(word);
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    shown[0] = upper[0];
    words.push_back(acronyms.contains(upper) ? upper : shown);
  }
  return joined(words, " ");
}

/// The shortest text that reads as the same number; from a million on, and below 1e-4, with an
/// exponent.
std::string go_float(double value) {
  const double size = std::abs(value);
  const bool exponent = size != 0 && (size < 1e-4 || size >= 1e6);
  char text[64];
  const auto end =
      std::to_chars(text, text + sizeof text, value,
                    exponent ? std::chars_format::scientific : std::chars_format::fixed);
  return {text, end.ptr};
}

/// As Go prints it with %v, with maps by their keys.
std::string go_value(const Json& value) {
  if (value.is_null()) return "<nil>";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    std::vector<std::string> items;
    for (const Json& item : value) items.push_back(go_value(item));
    return go_list(items);
  }
  if (value.is_object()) {
    std::map<std::string, std::string> sorted;
    for (const auto& [key, item] : value.items()) sorted.emplace(key, go_value(item));
    std::vector<std::string> items;
    items.reserve(sorted.size());
    for (const auto& [key, text] : sorted) items.push_back(key + ":" + text);
    return "map" + go_list(items);
  }
  return value.is_number_float() ? go_float(value.get<double>()) : value.dump();
}

void write_fields(Sheet& sheet, int level, const Json& object, const std::string& path) {
  std::map<std::string, const Json*> sorted;
  for (const auto& [name, value] : object.items()) sorted.emplace(name, &value);
  for (const auto& [name, value] : sorted) {
    const std::string inner = path + "." + name;
    if (kSkipped.contains(inner)) continue;
    if (!value->is_structured()) {
      sheet.field(level, title_of(name), go_value(*value));
      continue;
    }
    sheet.heading(level, title_of(name));
    if (value->is_object()) {
      write_fields(sheet, level + 1, *value, inner);
      continue;
    }
    for (const Json& item : *value) {
      if (item.is_object()) {
        write_fields(sheet, level + 1, item, inner);
      } else {
        sheet.line(level + 1, go_value(item));
      }
    }
  }
}

}  // namespace

std::string describe_generic(const Json& object, const Related& related, WallTime now) {
  Sheet sheet;
  write_name_and_namespace(sheet, object);
  write_labels_and_annotations(sheet, object);
  write_fields(sheet, 0, object, "");
  write_events(sheet, related.events, now);
  return sheet.text();
}

}  // namespace podrun::client
