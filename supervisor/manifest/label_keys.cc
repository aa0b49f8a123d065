#include "supervisor/manifest/label_keys.h"

#include <algorithm>
#include <set>

namespace podrun::manifest {

namespace {

constexpr const char* kMatch = "matchLabelKeys";
constexpr const char* kMismatch = "mismatchLabelKeys";

void add_requirements(Json& selector, const Json& keys, const char* wanted,
                      const StringMap& labels) {
  for (const Json& key : keys) {
    const auto label = labels.find(key.get_ref<const std::string&>());
    if (label == labels.end()) continue;
    selector["matchExpressions"].push_back(
        {{"key", label->first}, {"operator", wanted}, {"values", Json::array({label->second})}});
  }
}

void merge_term(Json& term, const StringMap& labels) {
  // One without a selector matches no pod: there is nothing to narrow.
  Json* selector = find(term, "labelSelector");
  if (selector == nullptr) return;
  add_requirements(*selector, list_at(term, kMatch), "In", labels);
  add_requirements(*selector, list_at(term, kMismatch), "NotIn", labels);
}

void validate_names(const Path& path, const Json& keys, bool selects, Report& report) {
  if (keys.empty()) return;
  if (!selects) {
    report.forbidden(path, "must not be specified when labelSelector is not set");
    return;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string key = keys[i].get<std::string>();
    report.invalid(path[i], key, check_qualified_name(key));
  }
}

}  // namespace

void merge_label_keys(Json& affinity, const StringMap& labels) {
  for (const char* field : {"podAffinity", "podAntiAffinity"}) {
    Json* rules = find(affinity, field);
    if (rules == nullptr) continue;
    if (Json* terms = find(*rules, "preferredDuringSchedulingIgnoredDuringExecution")) {
      for (Json& weighted : *terms) {
        if (Json* term = find(weighted, "podAffinityTerm")) merge_term(*term, labels);
      }
    }
    if (Json* terms = find(*rules, "requiredDuringSchedulingIgnoredDuringExecution")) {
      for (Json& term : *terms) merge_term(term, labels);
    }
  }
}

void validate_label_keys(const Path& path, const Json& term, Report& report) {
  const Json& match = list_at(term, kMatch);
  const Json& mismatch = list_at(term, kMismatch);
  const Json* selector = find(term, "labelSelector");
  validate_names(path / kMatch, match, selector != nullptr, report);
  validate_names(path / kMismatch, mismatch, selector != nullptr, report);
  const auto place_of = [&](const Json& key) { return std::find(match.begin(), match.end(), key); };
  if (selector != nullptr) {
    // A matching key was merged in: it stands there once, unless the user selects by it, too.
    std::set<std::string> seen;
    for (const auto& label : map_at(*selector, "matchLabels")) seen.insert(label.first);
    for (const Json& each : list_at(*selector, "matchExpressions")) {
      const std::string key = text_at(each, "key");
      const auto place = place_of(key);
      if (!seen.insert(key).second && place != match.end()) {
        report.invalid(path[static_cast<std::size_t>(place - match.begin())], key,
                       "exists in both matchLabelKeys and labelSelector");
      }
    }
  }
  for (const Json& key : mismatch) {
    const auto place = place_of(key);
    if (place == match.end()) continue;
    report.invalid((path / kMatch)[static_cast<std::size_t>(place - match.begin())],
                   key.get<std::string>(), "exists in both matchLabelKeys and mismatchLabelKeys");
  }
}

}  // namespace podrun::manifest
