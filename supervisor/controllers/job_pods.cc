#include "supervisor/controllers/job_pods.h"

#include <algorithm>
#include <charconv>

#include "supervisor/api/generate_name.h"
#include "supervisor/controllers/limit.h"
#include "supervisor/controllers/replicas.h"

namespace podrun::controllers {
namespace {

constexpr const char* kIndex = "batch.kubernetes.io/job-completion-index";
constexpr const char* kFailures = "batch.kubernetes.io/job-index-failure-count";
constexpr const char* kIgnored = "batch.kubernetes.io/job-index-ignored-failure-count";
constexpr const char* kContainerStatuses[] = {"initContainerStatuses", "containerStatuses"};

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

template <typename Use>
void for_each_status(const Json& pod, const Use& use) {
  for (const char* list : kContainerStatuses) {
    const Json* statuses = find(pod, {"status", list});
    if (statuses == nullptr) continue;
    for (const Json& each : *statuses) use(each);
  }
}

/// Nothing as long as one of them is not.
std::optional<WallTime> containers_finished_at(const Json& pod) {
  std::optional<WallTime> last;
  const Json* statuses = find(pod, {"status", "containerStatuses"});
  if (statuses == nullptr) return last;
  for (const Json& status : *statuses) {
    const auto at = time_at(status, {"state", "terminated", "finishedAt"});
    if (!at) return std::nullopt;
    if (!last || *at > *last) last = at;
  }
  return last;
}

std::string shown(const Json& pod) {
  return text_at(pod, {"metadata", "namespace"}) + "/" + name_of(pod);
}

/// What of the pod a rule matches; nothing where it does not.
std::optional<std::string> matched_exit(const Json& codes, const Json& pod) {
  const bool wants_in = text_at(codes, {"operator"}) == "In";
  const std::string& container = text_at(codes, {"containerName"});
  const Json* values = find(codes, {"values"});
  std::optional<std::string> found;
  for_each_status(pod, [&](const Json& status) {
    const std::int64_t code = number_at(status, {"state", "terminated", "exitCode"});
    if (found || code == 0 || values == nullptr) return;
    if (!container.empty() && container != text_at(status, {"name"})) return;
    const bool listed = std::find(values->begin(), values->end(), Json(code)) != values->end();
    if (listed != wants_in) return;
    found = "Container " + text_at(status, {"name"}) + " for pod " + shown(pod) +
            " failed with exit code " + std::to_string(code);
  });
  return found;
}

std::optional<std::string> matched_condition(const Json& patterns, const Json& pod) {
  for (const Json& pattern : patterns) {
    const std::string& type = text_at(pattern, {"type"});
    const Json* condition = condition_of(pod, type.c_str());
    if (condition != nullptr && text_at(*condition, {"status"}) == text_at(pattern, {"status"})) {
      return "Pod " + shown(pod) + " has condition " + type;
    }
  }
  return std::nullopt;
}

std::optional<std::string> matched(const Json& rule, const Json& pod) {
  if (const Json* codes = find(rule, {"onExitCodes"})) return matched_exit(*codes, pod);
  const Json* patterns = find(rule, {"onPodConditions"});
  return patterns == nullptr ? std::nullopt : matched_condition(*patterns, pod);
}

/// The index is seen in names that are cut (podGenerateNameWithIndex).
std::string indexed_pod_prefix(const std::string& job, const std::string& index) {
  const std::string end = "-" + index + "-";
  return job.substr(0, std::min(job.size(), api::kLongestNamePrefix - end.size())) + end;
}

void add_index_env(Json& spec) {
  const Json variable = {
      {"name", "JOB_COMPLETION_INDEX"},
      {"valueFrom",
       {{"fieldRef", {{"fieldPath", std::string("metadata.labels['") + kIndex + "']"}}}}}};
  for (const char* list : {"initContainers", "containers"}) {
    if (!spec.contains(list)) continue;
    for (Json& container : spec[list]) {
      Json& env = container["env"];
      if (!env.is_array()) env = Json::array();
      const bool has = std::any_of(env.begin(), env.end(), [](const Json& each) {
        return text_at(each, {"name"}) == "JOB_COMPLETION_INDEX";
      });
      if (!has) env.push_back(variable);
    }
  }
}

}  // namespace

bool is_tracked(const Json& pod) { return has_finalizer(pod, kJobTracking); }

bool is_indexed(const Json& job) { return text_at(job, {"spec", "completionMode"}) == "Indexed"; }

bool replaces_ended_only(const Json& job) {
  return find(job, {"spec", "podFailurePolicy"}) != nullptr ||
         text_at(job, {"spec", "podReplacementPolicy"}) == "Failed";
}

bool has_ended(const Json& pod) {
  const std::string& phase = text_at(pod, {"status", "phase"});
  if (phase == "Succeeded" || phase == "Failed") return true;
  return is_being_deleted(pod) && text_at(pod, {"spec", "nodeName"}).empty();
}

bool has_succeeded(const Json& pod) { return text_at(pod, {"status", "phase"}) == "Succeeded"; }

bool has_failed(const Json& job, const Json& pod) {
  if (has_succeeded(pod)) return false;
  return has_ended(pod) || (is_being_deleted(pod) && !replaces_ended_only(job));
}

WallTime finished_at(const Json& pod) {
  if (const auto at = containers_finished_at(pod)) return *at;
  const Json* ready = condition_of(pod, "Ready");
  if (ready != nullptr && text_at(*ready, {"status"}) == "False") {
    if (const auto at = time_at(*ready, {"lastTransitionTime"})) return *at;
  }
  if (const auto at = time_at(pod, {"metadata", "deletionTimestamp"})) {
    const auto grace = limit_of(number_at(pod, {"metadata", "deletionGracePeriodSeconds"}));
    return *at - grace.value_or(Seconds(0));
  }
  return time_at(pod, {"metadata", "creationTimestamp"}).value_or(WallTime{});
}

std::optional<std::int64_t> completion_index(const Json& job, const Json& pod) {
  const auto index = number_in(annotation_of(pod, kIndex));
  const bool valid = index && *index >= 0 && *index < number_at(job, {"spec", "completions"});
  return valid ? index : std::nullopt;
}

FailureMatch match_failure(const Json& job, const Json& pod) {
  const Json* rules = find(job, {"spec", "podFailurePolicy", "rules"});
  if (rules == nullptr || text_at(pod, {"status", "phase"}) != "Failed") return {};
  const bool per_index = find(job, {"spec", "backoffLimitPerIndex"}) != nullptr;
  for (std::size_t i = 0; i < rules->size(); ++i) {
    const std::string& action = text_at((*rules)[i], {"action"});
    const auto what = matched((*rules)[i], pod);
    if (!what) continue;
    if (action == "Ignore") return {FailureAction::kIgnore, ""};
    if (action == "Count") return {};
    if (action == "FailIndex" && per_index) return {FailureAction::kFailIndex, ""};
    if (action == "FailJob") {
      return {FailureAction::kFailJob,
              *what + " matching FailJob rule at index " + std::to_string(i)};
    }
  }
  return {};
}

JobPod after_failure(const Json& job, const Json& pod) {
  JobPod next;
  next.index = completion_index(job, pod);
  next.failures = number_in(annotation_of(pod, kFailures)).value_or(0);
  next.ignored = number_in(annotation_of(pod, kIgnored)).value_or(0);
  ++(match_failure(job, pod).action == FailureAction::kIgnore ? next.ignored : next.failures);
  return next;
}

Json job_pod(const Json& job, const Json& owner_ref, const JobPod& made) {
  Json pod = pod_from_template(job, owner_ref);
  Json& meta = pod["metadata"];
  if (!meta.contains("finalizers")) meta["finalizers"] = Json::array();
  meta["finalizers"].push_back(kJobTracking);
  if (!made.index) return pod;
  const std::string index = std::to_string(*made.index);
  const std::string host = name_of(job) + "-" + index;
  meta["generateName"] = indexed_pod_prefix(name_of(job), index);
  meta["labels"][kIndex] = index;
  meta["annotations"][kIndex] = index;
  if (find(job, {"spec", "backoffLimitPerIndex"}) != nullptr) {
    meta["annotations"][kFailures] = std::to_string(made.failures);
    if (made.ignored > 0) meta["annotations"][kIgnored] = std::to_string(made.ignored);
  }
  pod["spec"]["hostname"] = host;
  add_index_env(pod["spec"]);
  return pod;
}

}  // namespace podrun::controllers
