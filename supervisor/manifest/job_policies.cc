#include "supervisor/manifest/job_policies.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "supervisor/manifest/index_set.h"
#include "supervisor/manifest/workload.h"

namespace podrun::manifest {

namespace {

constexpr std::size_t kMostRules = 20;  // patterns of a rule, too
constexpr std::size_t kMostExitCodes = 255;
constexpr std::size_t kLongestIndexes = std::size_t{64} * 1024;

void check_count(const Path& path, std::size_t count, std::size_t most, Report& report) {
  if (count <= most) return;
  report.error(path, "Too many: " + std::to_string(count) + ": must have at most " +
                         std::to_string(most) + " items");
}

bool has_container(const Json& spec, const std::string& name) {
  const Json* pod = find(find(spec, "template"), "spec");
  if (pod == nullptr) return false;
  for (const char* list : {"containers", "initContainers"}) {
    for (const Json& each : list_at(*pod, list)) {
      if (text_at(each, "name") == name) return true;
    }
  }
  return false;
}

void check_values(const Path& path, const Json& codes, Report& report) {
  const Json& values = list_at(codes, "values");
  if (values.empty()) {
    report.invalid_shown(path, "null", "at least one value is required");
  }
  check_count(path, values.size(), kMostExitCodes, report);
  std::set<std::int64_t> seen;
  bool ordered = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = values[i].get<std::int64_t>();
    if (value == 0 && text_at(codes, "operator") == "In") {
      report.invalid(path[i], value, "must not be 0 for the In operator");
    }
    if (!seen.insert(value).second) {
      report.error(path[i], "Duplicate value: " + std::to_string(value));
    }
    ordered = ordered && (i == 0 || values[i - 1].get<std::int64_t>() <= value);
  }
  if (!ordered) report.invalid_shown(path, values.dump(), "must be ordered");
}

void check_exit_codes(const Path& path, const Json& codes, const Json& spec, Report& report) {
  const std::string wanted = text_at(codes, "operator");
  if (wanted.empty()) {
    report.required(path / "operator", R"(valid values: ["In" "NotIn"])");
  } else if (wanted != "In" && wanted != "NotIn") {
    report.not_supported(path / "operator", wanted, {"In", "NotIn"});
  }
  const std::string container = text_at(codes, "containerName");
  if (find(codes, "containerName") != nullptr && !has_container(spec, container)) {
    report.invalid(path / "containerName", container,
                   "must be one of the container or initContainer names in the pod template");
  }
  check_values(path / "values", codes, report);
}

void check_pod_conditions(const Path& path, const Json& patterns, Report& report) {
  check_count(path, patterns.size(), kMostRules, report);
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const std::string type = text_at(patterns[i], "type");
    report.invalid(path[i] / "type", type, check_qualified_name(type));
    const std::string status = text_at(patterns[i], "status");
    if (status != "True" && status != "False" && status != "Unknown") {
      report.not_supported(path[i] / "status", status, {"False", "True", "Unknown"});
    }
  }
}

void check_failure_rule(const Path& path, const Json& rule, const Json& spec, Report& report) {
  constexpr std::array kActions = {"Count", "FailIndex", "FailJob", "Ignore"};
  const std::string action = text_at(rule, "action");
  if (action.empty()) {
    report.required(path / "action", R"(valid values: ["Count" "FailIndex" "FailJob" "Ignore"])");
  } else if (action == "FailIndex") {
    if (find(spec, "backoffLimitPerIndex") == nullptr) {
      report.invalid(path / "action", action, "requires the backoffLimitPerIndex to be set");
    }
  } else if (std::find(kActions.begin(), kActions.end(), action) == kActions.end()) {
    report.not_supported(path / "action", action, {"Count", "FailIndex", "FailJob", "Ignore"});
  }
  const Json* codes = find(rule, "onExitCodes");
  const Json& conditions = list_at(rule, "onPodConditions");
  if (codes != nullptr) check_exit_codes(path / "onExitCodes", *codes, spec, report);
  check_pod_conditions(path / "onPodConditions", conditions, report);
  if (codes != nullptr && !conditions.empty()) {
    report.error(path,
                 "Invalid value: specifying both OnExitCodes and OnPodConditions is not "
                 "supported");
  }
  if (codes == nullptr && conditions.empty()) {
    report.error(path,
                 "Invalid value: specifying one of OnExitCodes and OnPodConditions is required");
  }
}

void check_success_rule(const Path& path, const Json& rule, std::int64_t completions,
                        Report& report) {
  const Json* indexes = find(rule, "succeededIndexes");
  const Json* count = find(rule, "succeededCount");
  if (indexes == nullptr && count == nullptr) {
    report.required(path, "at least one of succeededCount or succeededIndexes must be specified");
  }
  std::size_t total = 0;
  if (indexes != nullptr) {
    const std::string text = text_at(rule, "succeededIndexes");
    if (text.size() > kLongestIndexes) report.too_long(path / "succeededIndexes", kLongestIndexes);
    try {
      total = parse_indexes(text, completions).size();
    } catch (const BadInput& error) {
      report.invalid(path / "succeededIndexes", text,
                     std::string("error parsing succeededIndexes: ") + error.what());
    }
  }
  if (count == nullptr) return;
  const auto wanted = number_at(rule, "succeededCount");
  check_not_negative(path, rule, "succeededCount", report);
  if (wanted > completions) {
    report.invalid(path / "succeededCount", wanted,
                   "must be less than or equal to " + std::to_string(completions) +
                       " (the number of specified completions)");
  }
  if (indexes != nullptr && wanted > static_cast<std::int64_t>(total)) {
    report.invalid(path / "succeededCount", wanted,
                   "must be less than or equal to " + std::to_string(total) +
                       " (the number of indexes in the specified succeededIndexes field)");
  }
}

}  // namespace

void check_failure_policy(const Path& path, const Json& spec, Report& report) {
  const Json* policy = find(spec, "podFailurePolicy");
  if (policy == nullptr) return;
  const Json& all = list_at(*policy, "rules");
  const Path rules = path / "podFailurePolicy" / "rules";
  check_count(rules, all.size(), kMostRules, report);
  for (std::size_t i = 0; i < all.size(); ++i) check_failure_rule(rules[i], all[i], spec, report);
}

void check_success_policy(const Path& path, const Json& spec, Report& report) {
  const Json* policy = find(spec, "successPolicy");
  if (policy == nullptr) return;
  if (text_at(spec, "completionMode") != "Indexed") {
    report.invalid_shown(path / "successPolicy", policy->dump(),
                         "requires indexed completion mode");
    return;
  }
  const Json& all = list_at(*policy, "rules");
  const Path rules = path / "successPolicy" / "rules";
  if (all.empty()) {
    report.required(rules,
                    "at least one rules must be specified when the successPolicy is specified");
  }
  check_count(rules, all.size(), kMostRules, report);
  const std::int64_t completions = number_at(spec, "completions");
  for (std::size_t i = 0; i < all.size(); ++i) {
    check_success_rule(rules[i], all[i], completions, report);
  }
}

}  // namespace podrun::manifest
