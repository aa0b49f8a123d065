#include "supervisor/manifest/label_selector.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/go_text.h"
#include "base/text.h"

namespace podrun::manifest {
namespace {

std::optional<std::int64_t> integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

/// Null where the label is not there, or is no string.
const std::string* lookup(const Json& labels, const std::string& key) {
  if (!labels.is_object()) return nullptr;
  const auto found = labels.find(key);
  return found == labels.end() ? nullptr : found->get_ptr<const Json::string_t*>();
}

std::vector<std::string> strings_of(const Json& expression) {
  std::vector<std::string> values;
  if (const auto found = expression.find("values");
      found != expression.end() && found->is_array()) {
    for (const Json& value : *found) {
      if (value.is_string()) values.push_back(value.get<std::string>());
    }
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::string text_of(const Json& expression, const char* field) {
  const auto found = expression.find(field);
  return found == expression.end() || !found->is_string() ? "" : found->get<std::string>();
}

LabelRequirement requirement_of(const Json& expression) {
  if (!expression.is_object()) throw SelectorError("matchExpressions must hold objects");
  LabelRequirement requirement;
  requirement.key = text_of(expression, "key");
  requirement.values = strings_of(expression);
  const std::string op = text_of(expression, "operator");
  if (op == "In") {
    requirement.op = LabelOperator::kIn;
  } else if (op == "NotIn") {
    requirement.op = LabelOperator::kNotIn;
  } else if (op == "Exists") {
    requirement.op = LabelOperator::kExists;
  } else if (op == "DoesNotExist") {
    requirement.op = LabelOperator::kDoesNotExist;
  } else {
    throw SelectorError(go_quote(op) + " is not a valid label selector operator");
  }
  return requirement;
}

}  // namespace

bool LabelRequirement::matches(const Json& labels) const {
  const std::string* value = lookup(labels, key);
  const auto listed = [&] {
    return std::find(values.begin(), values.end(), *value) != values.end();
  };
  switch (op) {
    case LabelOperator::kEquals:
    case LabelOperator::kDoubleEquals:
    case LabelOperator::kIn:
      return value != nullptr && listed();
    case LabelOperator::kNotEquals:
    case LabelOperator::kNotIn:
      return value == nullptr || !listed();
    case LabelOperator::kExists:
      return value != nullptr;
    case LabelOperator::kDoesNotExist:
      return value == nullptr;
    case LabelOperator::kGreaterThan:
    case LabelOperator::kLessThan:
      break;
  }
  if (value == nullptr || values.size() != 1) return false;
  const auto have = integer(*value), bound = integer(values.front());
  if (!have || !bound) return false;
  return op == LabelOperator::kGreaterThan ? *have > *bound : *have < *bound;
}

std::string LabelRequirement::to_string() const {
  switch (op) {
    case LabelOperator::kEquals:
      return key + "=" + joined(values, ",");
    case LabelOperator::kDoubleEquals:
      return key + "==" + joined(values, ",");
    case LabelOperator::kNotEquals:
      return key + "!=" + joined(values, ",");
    case LabelOperator::kIn:
      return key + " in (" + joined(values, ",") + ")";
    case LabelOperator::kNotIn:
      return key + " notin (" + joined(values, ",") + ")";
    case LabelOperator::kExists:
      return key;
    case LabelOperator::kDoesNotExist:
      return "!" + key;
    case LabelOperator::kGreaterThan:
      return key + ">" + joined(values, ",");
    case LabelOperator::kLessThan:
      return key + "<" + joined(values, ",");
  }
  return key;
}

LabelSelector LabelSelector::from_label_selector(const Json& selector) {
  if (selector.is_null()) return nothing();
  if (!selector.is_object()) throw SelectorError("a label selector is an object");
  LabelSelector result;
  if (const auto labels = selector.find("matchLabels"); labels != selector.end()) {
    result = from_map(*labels);
  }
  if (const auto list = selector.find("matchExpressions");
      list != selector.end() && list->is_array()) {
    for (const Json& expression : *list) result.requirements_.push_back(requirement_of(expression));
  }
  result.sort();
  return result;
}

LabelSelector LabelSelector::from_map(const Json& labels) {
  LabelSelector result;
  if (!labels.is_object()) return result;
  for (const auto& [key, value] : labels.items()) {
    if (!value.is_string()) continue;
    result.requirements_.push_back({key, LabelOperator::kEquals, {value.get<std::string>()}});
  }
  result.sort();
  return result;
}

LabelSelector LabelSelector::nothing() {
  LabelSelector result;
  result.nothing_ = true;
  return result;
}

void LabelSelector::sort() {
  std::stable_sort(requirements_.begin(), requirements_.end(),
                   [](const auto& a, const auto& b) { return a.key < b.key; });
}

bool LabelSelector::matches(const Json& labels) const {
  if (nothing_) return false;
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&](const auto& requirement) { return requirement.matches(labels); });
}

bool LabelSelector::matches_object(const Json& object) const {
  static const Json none;
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return matches(none);
  const auto labels = metadata->find("labels");
  return matches(labels == metadata->end() ? none : *labels);
}

std::string LabelSelector::to_string() const {
  std::vector<std::string> parts;
  for (const auto& requirement : requirements_) parts.push_back(requirement.to_string());
  return joined(parts, ",");
}

std::string format_label_selector(const Json& selector) {
  try {
    const std::string text = LabelSelector::from_label_selector(selector).to_string();
    return text.empty() ? "<none>" : text;
  } catch (const SelectorError&) {
    return "<error>";
  }
}

std::string format_labels(const Json& labels) {
  const std::string text = LabelSelector::from_map(labels).to_string();
  return text.empty() ? "<none>" : text;
}

}  // namespace podrun::manifest
