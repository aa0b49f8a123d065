#include "supervisor/controllers/job_tally.h"

#include <limits>

#include "base/error.h"
#include "supervisor/controllers/pod_state.h"

namespace podrun::controllers {
namespace {

using manifest::IndexSet;

bool is_per_index(const Json& job) {
  return is_indexed(job) && find(job, {"spec", "backoffLimitPerIndex"}) != nullptr;
}

std::set<std::string> uids_at(const Json& job, const char* which) {
  std::set<std::string> uids;
  const Json* list = find(job, {"status", "uncountedTerminatedPods", which});
  if (list == nullptr) return uids;
  for (const Json& each : *list) uids.insert(each.get<std::string>());
  return uids;
}

/// Indexes that a smaller spec.completions no longer has are dropped.
IndexSet indexes_at(const Json& job, const char* field) try {
  IndexSet all = manifest::parse_indexes(text_at(job, {"status", field}),
                                         std::numeric_limits<std::int32_t>::max());
  all.erase(all.lower_bound(number_at(job, {"spec", "completions"})), all.end());
  return all;
} catch (const BadInput&) {
  return {};
}

/// Those whose finalizer is gone are counted.
std::int64_t settle(std::set<std::string>& uids, const std::set<std::string>& tracked) {
  return static_cast<std::int64_t>(
      std::erase_if(uids, [&](const std::string& uid) { return tracked.count(uid) == 0; }));
}

class Tallying {
 public:
  Tallying(const Json& job, const std::vector<store::Object>& pods, bool has_verdict)
      : job_(job), pods_(pods), has_verdict_(has_verdict) {}

  JobTally run() {
    take_over();
    for (const store::Object& pod : pods_) sort(pod);
    for (const store::Object& pod : pods_) note_success(pod);
    if (is_per_index(job_)) judge_indexes();
    for (const store::Object& pod : pods_) note_end(pod);
    if (is_indexed(job_)) {
      tally_.succeeded = static_cast<std::int64_t>(tally_.completed_indexes.size());
    }
    return std::move(tally_);
  }

 private:
  void take_over() {
    std::set<std::string> tracked;
    for (const store::Object& pod : pods_) {
      if (is_tracked(*pod.json)) tracked.insert(uid_of(*pod.json));
    }
    tally_.tracked = static_cast<std::int64_t>(tracked.size());
    tally_.uncounted_succeeded = uids_at(job_, "succeeded");
    tally_.uncounted_failed = uids_at(job_, "failed");
    tally_.succeeded =
        number_at(job_, {"status", "succeeded"}) + settle(tally_.uncounted_succeeded, tracked);
    tally_.failed =
        number_at(job_, {"status", "failed"}) + settle(tally_.uncounted_failed, tracked);
    if (!is_indexed(job_)) return;
    tally_.completed_indexes = indexes_at(job_, "completedIndexes");
    tally_.failed_indexes = indexes_at(job_, "failedIndexes");
  }

  void sort(const store::Object& pod) {
    if (has_ended(*pod.json)) return;
    if (is_being_deleted(*pod.json)) {
      ++tally_.terminating;
    } else {
      (is_tracked(*pod.json) ? tally_.active : tally_.stray).push_back(pod);
    }
  }

  void note_success(const store::Object& pod) {
    if (!has_succeeded(*pod.json)) return;
    if (!is_tracked(*pod.json)) return tally_.counted.succeeded.push_back(&pod);
    tally_.free.push_back(pod);
    bool is_fresh = true;
    if (!is_indexed(job_)) {
      // Its deletion counted as a failure before it ended well.
      if (tally_.uncounted_failed.count(uid_of(*pod.json)) > 0) return;
      is_fresh = tally_.uncounted_succeeded.insert(uid_of(*pod.json)).second;
    } else if (const auto index = completion_index(job_, *pod.json)) {
      if (tally_.failed_indexes.count(*index) == 0) tally_.completed_indexes.insert(*index);
    }
    (is_fresh ? tally_.fresh : tally_.counted).succeeded.push_back(&pod);
  }

  /// The last failed pod of each index tells how often it failed.
  void judge_indexes() {
    const std::int64_t most = number_at(job_, {"spec", "backoffLimitPerIndex"});
    std::map<std::int64_t, std::int64_t> attempt;  // of the last pod
    for (const store::Object& pod : pods_) {
      const auto index = completion_index(job_, *pod.json);
      if (!index || tally_.completed_indexes.count(*index) > 0) continue;
      const JobPod next = after_failure(job_, *pod.json);
      const std::int64_t number = next.failures + next.ignored;
      const auto found = attempt.find(*index);
      if (found != attempt.end() && found->second > number) continue;
      attempt[*index] = number;
      tally_.last_failed.erase(*index);
      if (has_failed(job_, *pod.json)) tally_.last_failed[*index] = pod;
    }
    for (const auto& [index, pod] : tally_.last_failed) {
      if (!is_tracked(*pod.json)) continue;
      const bool fails = match_failure(job_, *pod.json).action == FailureAction::kFailIndex;
      if (fails || after_failure(job_, *pod.json).failures > most) {
        tally_.failed_indexes.insert(index);
      } else if (!has_verdict_ && tally_.failed_indexes.count(index) == 0) {
        tally_.held.insert(uid_of(*pod.json));
      }
    }
  }

  bool is_held(const Json& pod) const { return tally_.held.count(uid_of(pod)) > 0; }

  void note_end(const store::Object& pod) {
    if (!has_failed(job_, *pod.json) || is_held(*pod.json)) return;
    if (!is_tracked(*pod.json)) {
      // One without that never ended was dismissed.
      if (has_ended(*pod.json)) tally_.counted.failed.push_back(&pod);
      return;
    }
    const FailureMatch match = match_failure(job_, *pod.json);
    if (match.action == FailureAction::kFailJob && tally_.fail_job.empty()) {
      tally_.fail_job = match.message;
    }
    bool is_fresh = true;
    if (match.action != FailureAction::kIgnore) {
      is_fresh = tally_.uncounted_failed.insert(uid_of(*pod.json)).second;
    }
    (is_fresh ? tally_.fresh : tally_.counted).failed.push_back(&pod);
    tally_.free.push_back(pod);
  }

  const Json& job_;
  const std::vector<store::Object>& pods_;
  bool has_verdict_;
  JobTally tally_;
};

}  // namespace

JobTally tally_job(const Json& job, const std::vector<store::Object>& pods, bool has_verdict) {
  return Tallying(job, pods, has_verdict).run();
}

}  // namespace podrun::controllers
