#include "supervisor/manifest/validate_selector.h"

#include <algorithm>

#include "base/go_text.h"
#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

/// apimachinery/pkg/apis/meta/v1/validation, ValidateLabelSelectorRequirement.
bool validate_requirement(const Path& path, const Json& requirement, Report& report) {
  const std::string wanted = text_at(requirement, "operator");
  const Json& values = list_at(requirement, "values");
  bool good = true;
  if (wanted == "In" || wanted == "NotIn") {
    if (values.empty()) {
      report.required(path / "values", "must be specified when `operator` is 'In' or 'NotIn'");
      good = false;
    }
  } else if (wanted == "Exists" || wanted == "DoesNotExist") {
    if (!values.empty()) {
      report.forbidden(path / "values",
                       "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      good = false;
    }
  } else {
    report.invalid(path / "operator", wanted, "not a valid selector operator");
    good = false;
  }
  const std::string key = text_at(requirement, "key");
  const Problems problems = check_qualified_name(key);
  report.invalid(path / "key", key, problems);
  good = good && problems.empty();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string value = values[i].get<std::string>();
    const Problems wrong = check_label_value(value);
    report.invalid((path / "values")[i], value, wrong);
    good = good && wrong.empty();
  }
  return good;
}

}  // namespace

bool validate_label_selector(const Path& path, const Json& selector, Report& report) {
  const StringMap labels = map_at(selector, "matchLabels");
  validate_labels(path / "matchLabels", labels, report);
  bool good = std::all_of(labels.begin(), labels.end(), [](const auto& label) {
    return check_qualified_name(label.first).empty() && check_label_value(label.second).empty();
  });
  const Json& requirements = list_at(selector, "matchExpressions");
  for (std::size_t i = 0; i < requirements.size(); ++i) {
    const bool valid =
        validate_requirement((path / "matchExpressions")[i], requirements[i], report);
    good = good && valid;
  }
  return good;
}

std::string go_text(const StringMap& map) {
  if (map.empty()) return "map[string]string(nil)";
  std::string out = "map[string]string{";
  for (const auto& [key, value] : map) {
    if (out.back() != '{') out += ", ";
    out += go_quote(key) + ":" + go_quote(value);
  }
  return out + "}";
}

// As the generated String() of apimachinery/pkg/apis/meta/v1 writes it.
std::string go_selector_text(const Json& selector) {
  std::string out = "&LabelSelector{MatchLabels:map[string]string{";
  for (const auto& [key, value] : map_at(selector, "matchLabels")) out += key + ": " + value + ",";
  out += "},MatchExpressions:[]LabelSelectorRequirement{";
  for (const Json& requirement : list_at(selector, "matchExpressions")) {
    out += "LabelSelectorRequirement{Key:" + text_at(requirement, "key") +
           ",Operator:" + text_at(requirement, "operator") + ",Values:[";
    for (const Json& value : list_at(requirement, "values")) {
      if (out.back() != '[') out += " ";
      out += value.get<std::string>();
    }
    out += "],},";
  }
  return out + "},}";
}

}  // namespace podrun::manifest
