#include "supervisor/manifest/job_spec.h"

#include <limits>

#include "supervisor/manifest/job_policies.h"
#include "supervisor/manifest/workload.h"

namespace podrun::manifest {

namespace {

constexpr std::int64_t kMostParallel = 100'000;  // of an Indexed Job, and of failed indexes
constexpr std::int64_t kManyCompletions = 100'000;
constexpr std::int64_t kMostAtMany = 10'000;
constexpr std::size_t kLongestManager = 63;

void set_defaults(Json& spec) {
  if (find(spec, "completions") == nullptr && find(spec, "parallelism") == nullptr) {
    spec["completions"] = 1;
  }
  set_default(spec, "parallelism", 1);
  const bool per_index = find(spec, "backoffLimitPerIndex") != nullptr;
  set_default(spec, "backoffLimit", per_index ? std::numeric_limits<std::int32_t>::max() : 6);
  set_default(spec, "completionMode", "NonIndexed");
  set_default(spec, "suspend", false);
  set_default(spec, "manualSelector", false);
  const bool has_policy = find(spec, "podFailurePolicy") != nullptr;
  set_default(spec, "podReplacementPolicy", has_policy ? "Failed" : "TerminatingOrFailed");
  if (!has_policy || list_at(spec["podFailurePolicy"], "rules").empty()) return;
  for (Json& rule : spec["podFailurePolicy"]["rules"]) {
    if (find(rule, "onPodConditions") == nullptr) continue;
    for (Json& pattern : rule["onPodConditions"]) set_default(pattern, "status", "True");
  }
}

void check_at_most(const Path& path, const Json& spec, const char* field, std::int64_t most,
                   const std::string& when, Report& report) {
  const std::int64_t number = number_at(spec, field);
  if (number <= most) return;
  report.invalid(path / field, number,
                 "must be less than or equal to " + std::to_string(most) + when);
}

void check_indexed(const Path& path, const Json& spec, Report& report) {
  const Json* completions = find(spec, "completions");
  if (completions == nullptr) {
    report.required(path / "completions", "when completion mode is Indexed");
  }
  check_at_most(path, spec, "parallelism", kMostParallel, " when completion mode is Indexed",
                report);
  const std::int64_t failed = number_at(spec, "maxFailedIndexes");
  if (completions != nullptr && failed > number_at(spec, "completions")) {
    report.invalid(path / "maxFailedIndexes", failed, "must be less than or equal to completions");
  }
  check_at_most(path, spec, "maxFailedIndexes", kMostParallel, "", report);
  if (number_at(spec, "completions") <= kManyCompletions ||
      find(spec, "backoffLimitPerIndex") == nullptr) {
    return;
  }
  const std::string above = std::to_string(kManyCompletions);
  if (find(spec, "maxFailedIndexes") == nullptr) {
    report.required(path / "maxFailedIndexes",
                    "must be specified when completions is above " + above);
  }
  for (const char* field : {"parallelism", "maxFailedIndexes"}) {
    check_at_most(path, spec, field, kMostAtMany,
                  " when completions are above " + above + " and used with backoff limit per index",
                  report);
  }
}

void check_mode(const Path& path, const Json& spec, Report& report) {
  const std::string mode = text_at(spec, "completionMode");
  if (mode == "Indexed") return check_indexed(path, spec, report);
  if (mode != "NonIndexed") {
    report.not_supported(path / "completionMode", mode, {"NonIndexed", "Indexed"});
    return;
  }
  for (const char* field : {"backoffLimitPerIndex", "maxFailedIndexes"}) {
    if (find(spec, field) == nullptr) continue;
    report.invalid(path / field, number_at(spec, field), "requires indexed completion mode");
  }
}

void check_manager(const Path& path, const Json& spec, Report& report) {
  if (find(spec, "managedBy") == nullptr) return;
  const std::string name = text_at(spec, "managedBy");
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == name.size()) {
    report.invalid(path / "managedBy", name,
                   "must be a domain-prefixed path (such as \"acme.io/foo\")");
  } else {
    const std::string host = name.substr(0, slash);
    const std::string rest = name.substr(slash + 1);
    for (const std::string& problem : check_dns1123_subdomain(host))
      report.invalid(path / "managedBy", host, problem);
    for (const std::string& problem : check_http_path(rest))
      report.invalid(path / "managedBy", rest, problem);
  }
  if (name.size() > kLongestManager) report.too_long(path / "managedBy", kLongestManager);
}

void check_replacement(const Path& path, const Json& spec, Report& report) {
  const std::string policy = text_at(spec, "podReplacementPolicy");
  if (policy == "Failed") return;
  if (find(spec, "podFailurePolicy") != nullptr) {
    report.not_supported(path / "podReplacementPolicy", policy, {"Failed"});
  } else if (policy != "TerminatingOrFailed") {
    report.not_supported(path / "podReplacementPolicy", policy, {"Failed", "TerminatingOrFailed"});
  }
}

void admit_job_template(const Path& path, Json& spec, Report& report) {
  const PodSpec pod = admit_pod_template(path / "template", object_at(spec, "template"), report);
  const Path policy = path / "template" / "spec" / "restartPolicy";
  if (pod.restart_policy == RestartPolicy::kAlways) {
    report.required(policy, R"(valid values: "OnFailure", "Never")");
  } else if (pod.restart_policy != RestartPolicy::kNever &&
             find(spec, "podFailurePolicy") != nullptr) {
    report.invalid(policy, to_string(pod.restart_policy),
                   R"(only "Never" is supported when podFailurePolicy is specified)");
  }
}

}  // namespace

void admit_job_spec(const Path& path, Json& spec, Report& report) {
  set_defaults(spec);
  for (const char* field :
       {"parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
        "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"}) {
    check_not_negative(path, spec, field, report);
  }
  if (find(spec, "maxFailedIndexes") != nullptr && find(spec, "backoffLimitPerIndex") == nullptr) {
    report.required(path / "backoffLimitPerIndex", "when maxFailedIndexes is specified");
  }
  check_manager(path, spec, report);
  check_mode(path, spec, report);
  check_success_policy(path, spec, report);
  check_failure_policy(path, spec, report);
  check_replacement(path, spec, report);
  admit_job_template(path, spec, report);
}

}  // namespace podrun::manifest
