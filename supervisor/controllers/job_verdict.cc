#include "supervisor/controllers/job_verdict.h"

#include "supervisor/controllers/limit.h"

namespace podrun::controllers {
namespace {

using manifest::IndexSet;

std::int64_t completions_of(const Json& job) { return number_at(job, {"spec", "completions"}); }

/// Restarts in place count as failures as well.
bool restarts_too_often(const Json& job, const std::vector<store::Object>& active) {
  if (text_at(job, {"spec", "template", "spec", "restartPolicy"}) != "OnFailure") return false;
  std::int64_t restarts = 0;
  for (const store::Object& pod : active) {
    for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
      const Json* statuses = find(*pod.json, {"status", list});
      if (statuses == nullptr) continue;
      for (const Json& each : *statuses) restarts += number_at(each, {"restartCount"});
    }
  }
  const std::int64_t most = number_at(job, {"spec", "backoffLimit"});
  return most == 0 ? restarts > 0 : restarts >= most;
}

/// Which rule of successPolicy holds.
std::optional<std::size_t> matched_success(const Json& job, const IndexSet& completed) {
  const Json* rules = find(job, {"spec", "successPolicy", "rules"});
  if (rules == nullptr || completed.empty()) return std::nullopt;
  for (std::size_t i = 0; i < rules->size(); ++i) {
    const Json& rule = (*rules)[i];
    IndexSet wanted = completed;
    std::int64_t count = number_at(rule, {"succeededCount"}, -1);
    if (find(rule, {"succeededIndexes"}) != nullptr) {
      const IndexSet named =
          manifest::parse_indexes(text_at(rule, {"succeededIndexes"}), completions_of(job));
      if (named.empty()) continue;
      std::erase_if(wanted, [&](std::int64_t index) { return named.count(index) == 0; });
      if (count < 0) count = static_cast<std::int64_t>(named.size());
    }
    if (count >= 0 && static_cast<std::int64_t>(wanted.size()) >= count) return i;
  }
  return std::nullopt;
}

std::optional<Verdict> judge_indexes(const Json& job, const JobTally& tally) {
  const auto failed = static_cast<std::int64_t>(tally.failed_indexes.size());
  if (failed > 0) {
    const Json* most = find(job, {"spec", "maxFailedIndexes"});
    if (most != nullptr && failed > most->get<std::int64_t>()) {
      return Verdict{true, "MaxFailedIndexesExceeded",
                     "Job has exceeded the specified maximal number of failed indexes"};
    }
    if (failed + tally.succeeded >= completions_of(job)) {
      return Verdict{true, "FailedIndexes", "Job has failed indexes"};
    }
  }
  if (const auto rule = matched_success(job, tally.completed_indexes)) {
    return Verdict{false, "SuccessPolicy", "Matched rules at index " + std::to_string(*rule)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<WallTime> deadline_of(const Json& job, std::optional<WallTime> start) {
  const Json* deadline = find(job, {"spec", "activeDeadlineSeconds"});
  if (deadline == nullptr || !start || flag_at(job, {"spec", "suspend"})) return std::nullopt;
  const std::optional<Seconds> limit = limit_of(deadline->get<std::int64_t>());
  return limit ? std::optional(*start + *limit) : std::nullopt;
}

std::optional<Verdict> judge_job(const Json& job, const JobTally& tally,
                                 std::optional<WallTime> start, WallTime now) {
  if (!tally.fail_job.empty()) return Verdict{true, "PodFailurePolicy", tally.fail_job};
  if (tally.all_failed() > number_at(job, {"spec", "backoffLimit"}) ||
      restarts_too_often(job, tally.active)) {
    return Verdict{true, "BackoffLimitExceeded", "Job has reached the specified backoff limit"};
  }
  if (const auto due = deadline_of(job, start); due && *due <= now) {
    return Verdict{true, "DeadlineExceeded", "Job was active longer than specified deadline"};
  }
  if (is_indexed(job)) {
    if (auto verdict = judge_indexes(job, tally)) return verdict;
  }
  const bool complete = find(job, {"spec", "completions"}) != nullptr
                            ? tally.done(job) >= completions_of(job)
                            : tally.all_succeeded() > 0 && tally.active.empty();
  if (!complete) return std::nullopt;
  return Verdict{false, "CompletionsReached", "Reached expected number of succeeded pods"};
}

}  // namespace podrun::controllers
