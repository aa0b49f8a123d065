#include "supervisor/controllers/job.h"

#include <algorithm>

#include "supervisor/controllers/job_verdict.h"
#include "supervisor/controllers/pod_state.h"

namespace podrun::controllers {
namespace {

using manifest::IndexSet;

/// The most pods that one look makes (MaxPodCreateDeletePerSync).
constexpr std::int64_t kBurst = 500;

bool has_condition(const Json& job, const char* type) {
  const Json* condition = condition_of(job, type);
  return condition != nullptr && text_at(*condition, {"status"}) == "True";
}

void set_condition(Json& status, const char* type, bool holds, const std::string& reason,
                   const std::string& message, WallTime now) {
  const Json condition = {{"type", type},
                          {"status", holds ? "True" : "False"},
                          {"lastProbeTime", rfc3339(now)},
                          {"lastTransitionTime", rfc3339(now)},
                          {"reason", reason},
                          {"message", message}};
  Json& all = status["conditions"];
  if (!all.is_array()) all = Json::array();
  for (Json& each : all) {
    if (text_at(each, {"type"}) != type) continue;
    each = condition;
    return;
  }
  all.push_back(condition);
}

Json sorted_list(const std::set<std::string>& uids) {
  Json list = Json::array();
  for (const std::string& uid : uids) list.push_back(uid);
  return list;
}

void look_by(std::optional<WallTime>& next, WallTime when) {
  if (!next || when < *next) next = when;
}

/// The times of pods that succeeded are slow to read, and mostly nothing failed.
JobBackoff with_ended(const JobBackoff& before, const EndedPods& ended) {
  if (before.failures == 0 && ended.failed.empty()) return before;
  const auto times = [](const std::vector<const store::Object*>& pods) {
    std::vector<WallTime> all;
    all.reserve(pods.size());
    for (const store::Object* pod : pods) all.push_back(finished_at(*pod->json));
    return all;
  };
  return with_ended(before, times(ended.succeeded), times(ended.failed));
}

class Planning {
 public:
  Planning(const Json& job, const std::vector<store::Object>& pods, WallTime now)
      : job_(job), pods_(pods), now_(now) {}

  JobPlan run(const std::optional<JobBackoff>& before) {
    plan_.status = job_.value("status", Json::object());
    if (is_finished(job_)) return finished();
    std::optional<Verdict> verdict = standing_verdict();
    tally_ = tally_job(job_, pods_, verdict.has_value());
    plan_.backoff = backoff(before);
    note_suspension();
    if (!verdict) {
      verdict = judge_job(job_, tally_, time_at(plan_.status, {"startTime"}), now_);
      if (verdict) {
        set_condition(plan_.status, verdict->is_failure ? "FailureTarget" : "SuccessCriteriaMet",
                      true, verdict->reason, verdict->message, now_);
        tally_ = tally_job(job_, pods_, true);
      }
    }
    plan_.free = tally_.free;
    plan_.dismiss = tally_.stray;
    if (verdict) {
      conclude(*verdict);
    } else if (is_suspended()) {
      dismiss(tally_.active);
    } else {
      if (const auto due = deadline_of(job_, time_at(plan_.status, {"startTime"}))) {
        look_by(plan_.next, *due);
      }
      manage();
    }
    write_counts();
    return std::move(plan_);
  }

 private:
  bool is_suspended() const { return flag_at(job_, {"spec", "suspend"}); }
  std::int64_t completions() const { return number_at(job_, {"spec", "completions"}); }
  std::int64_t active() const { return static_cast<std::int64_t>(tally_.active.size()); }

  JobPlan finished() {
    for (const store::Object& pod : pods_) {
      if (is_tracked(*pod.json)) plan_.free.push_back(pod);
    }
    const auto due = expires_at(job_);
    plan_.expire = due && *due <= now_;
    if (!plan_.expire) plan_.next = due;
    return std::move(plan_);
  }

  std::optional<Verdict> standing_verdict() const {
    for (const char* type : {"FailureTarget", "SuccessCriteriaMet"}) {
      if (!has_condition(job_, type)) continue;
      const Json& condition = *condition_of(job_, type);
      return Verdict{std::string_view(type) == "FailureTarget", text_at(condition, {"reason"}),
                     text_at(condition, {"message"})};
    }
    return std::nullopt;
  }

  /// A resumed Job starts over with its deadline.
  void note_suspension() {
    const Json* condition = condition_of(job_, "Suspended");
    const bool was = condition != nullptr && text_at(*condition, {"status"}) == "True";
    if (is_suspended() && !was) {
      set_condition(plan_.status, "Suspended", true, "JobSuspended", "Job suspended", now_);
      plan_.events.push_back({false, "Suspended", "Job suspended"});
    } else if (!is_suspended() && was) {
      set_condition(plan_.status, "Suspended", false, "JobResumed", "Job resumed", now_);
      plan_.events.push_back({false, "Resumed", "Job resumed"});
      plan_.status["startTime"] = rfc3339(now_);
    } else if (!is_suspended() && !plan_.status.contains("startTime")) {
      plan_.status["startTime"] = rfc3339(now_);
    }
  }

  /// What still runs is ended; the Job is, once nothing is left and all is counted.
  void conclude(const Verdict& verdict) {
    if (verdict.is_failure) {
      plan_.end = tally_.active;
    } else {
      dismiss(tally_.active);
    }
    tally_.active.clear();
    const bool left = !plan_.end.empty() || !plan_.dismiss.empty() || tally_.terminating > 0 ||
                      tally_.tracked > 0 || !tally_.uncounted_failed.empty() ||
                      !tally_.uncounted_succeeded.empty();
    if (left) return;
    const char* type = verdict.is_failure ? "Failed" : "Complete";
    set_condition(plan_.status, type, true, verdict.reason, verdict.message, now_);
    if (verdict.is_failure) {
      plan_.events.push_back({true, verdict.reason, verdict.message});
    } else {
      plan_.status["completionTime"] = rfc3339(now_);
      note_surplus();
      plan_.events.push_back({false, "Completed", "Job completed"});
    }
    if (const Json* life = find(job_, {"spec", "ttlSecondsAfterFinished"})) {
      plan_.next = now_ + Seconds(life->get<std::int64_t>());
    }
  }

  void note_surplus() {
    const std::int64_t wanted = completions();
    if (find(job_, {"spec", "completions"}) == nullptr || tally_.succeeded <= wanted) return;
    plan_.events.push_back({true, "TooManySucceededPods",
                            "Too many succeeded pods running after completion count reached"});
  }

  // ---- how many run

  void dismiss(const std::vector<store::Object>& pods) {
    plan_.dismiss.insert(plan_.dismiss.end(), pods.begin(), pods.end());
    std::set<std::string> gone;
    for (const store::Object& pod : pods) gone.insert(uid_of(*pod.json));
    std::erase_if(tally_.active,
                  [&](const store::Object& pod) { return gone.count(uid_of(*pod.json)) > 0; });
  }

  std::int64_t wanted() const {
    const std::int64_t parallel = number_at(job_, {"spec", "parallelism"}, 1);
    if (find(job_, {"spec", "completions"}) == nullptr) {
      // One success says that there is nothing left to take up; what runs may end.
      return tally_.all_succeeded() > 0 ? active() : parallel;
    }
    const auto failed = static_cast<std::int64_t>(tally_.failed_indexes.size());
    return std::clamp(completions() - tally_.done(job_) - failed, std::int64_t{0}, parallel);
  }

  void manage() {
    if (is_indexed(job_)) dismiss(superfluous());
    const std::int64_t excess = active() - wanted();
    if (excess > 0) {
      dismiss(pods_to_delete(tally_.active, static_cast<std::size_t>(excess), {}, now_));
      return;
    }
    std::int64_t missing = -excess;
    if (replaces_ended_only(job_)) missing -= tally_.terminating;
    missing = std::min(missing, kBurst);
    if (missing <= 0) return;
    if (is_per_index()) return create_indexes(missing);
    if (const auto until = backoff_end(plan_.backoff); until && *until > now_) {
      look_by(plan_.next, *until);
    } else if (is_indexed(job_)) {
      create_indexes(missing);
    } else {
      plan_.create.resize(static_cast<std::size_t>(missing));
    }
  }

  bool is_per_index() const {
    return is_indexed(job_) && find(job_, {"spec", "backoffLimitPerIndex"}) != nullptr;
  }

  /// Those that ended before this process looked for the first time count as well.
  JobBackoff backoff(const std::optional<JobBackoff>& before) const {
    if (is_per_index()) return {};
    const JobBackoff known = before ? *before : with_ended({}, tally_.counted);
    return with_ended(known, tally_.fresh);
  }

  bool is_settled(std::int64_t index) const {
    return tally_.completed_indexes.count(index) > 0 || tally_.failed_indexes.count(index) > 0;
  }

  /// Active pods that no index needs: a second one, one that is done.
  std::vector<store::Object> superfluous() const {
    std::vector<store::Object> all;
    IndexSet seen;
    for (const store::Object& pod : tally_.active) {
      const auto index = completion_index(job_, *pod.json);
      if (!index || is_settled(*index) || !seen.insert(*index).second) all.push_back(pod);
    }
    return all;
  }

  IndexSet indexes_in_use() const {
    IndexSet used;
    for (const store::Object& pod : pods_) {
      if (has_ended(*pod.json)) continue;
      const bool counts = !is_being_deleted(*pod.json) || replaces_ended_only(job_);
      const auto index = counts ? completion_index(job_, *pod.json) : std::nullopt;
      if (index) used.insert(*index);
    }
    return used;
  }

  void create_indexes(std::int64_t missing) {
    const IndexSet used = indexes_in_use();
    const std::int64_t end = completions();
    for (std::int64_t index = 0; index < end && missing > 0; ++index) {
      if (is_settled(index) || used.count(index) > 0) continue;
      JobPod made{index, 0, 0};
      if (const auto found = tally_.last_failed.find(index); found != tally_.last_failed.end()) {
        made = after_failure(job_, *found->second.json);
        const WallTime until =
            finished_at(*found->second.json) + backoff_after(made.failures + made.ignored);
        if (until > now_) {
          // Its place is kept: no later index comes before it.
          look_by(plan_.next, until);
          --missing;
          continue;
        }
      }
      plan_.create.push_back(made);
      --missing;
    }
  }

  void write_counts() {
    Json& status = plan_.status;
    const auto put = [&](const char* name, std::int64_t count) {
      if (count != 0) {
        status[name] = count;
      } else {
        status.erase(name);
      }
    };
    std::int64_t ready = 0;
    for (const store::Object& pod : tally_.active) ready += is_ready(*pod.json);
    put("active", active() + static_cast<std::int64_t>(plan_.create.size()));
    put("succeeded", tally_.succeeded);
    put("failed", tally_.failed);
    status["ready"] = ready;
    status["terminating"] = tally_.terminating;
    Json uncounted = Json::object();
    if (!tally_.uncounted_failed.empty())
      uncounted["failed"] = sorted_list(tally_.uncounted_failed);
    if (!tally_.uncounted_succeeded.empty()) {
      uncounted["succeeded"] = sorted_list(tally_.uncounted_succeeded);
    }
    status["uncountedTerminatedPods"] = std::move(uncounted);
    if (!is_indexed(job_)) return;
    const auto put_indexes = [&](const char* name, const IndexSet& indexes) {
      status.erase(name);
      if (!indexes.empty()) status[name] = manifest::format_indexes(indexes);
    };
    put_indexes("completedIndexes", tally_.completed_indexes);
    put_indexes("failedIndexes", tally_.failed_indexes);
    if (is_per_index() && tally_.failed_indexes.empty()) status["failedIndexes"] = "";
  }

  const Json& job_;
  const std::vector<store::Object>& pods_;
  WallTime now_;
  JobTally tally_;
  JobPlan plan_;
};

}  // namespace

bool is_finished(const Json& job) {
  return has_condition(job, "Complete") || has_condition(job, "Failed");
}

std::optional<WallTime> expires_at(const Json& job) {
  const Json* life = find(job, {"spec", "ttlSecondsAfterFinished"});
  if (life == nullptr || !is_finished(job)) return std::nullopt;
  const Json* end = condition_of(job, has_condition(job, "Complete") ? "Complete" : "Failed");
  const auto since = time_at(*end, {"lastTransitionTime"});
  if (!since) return std::nullopt;
  return *since + Seconds(life->get<std::int64_t>());
}

bool is_managed_elsewhere(const Json& job) {
  const std::string& manager = text_at(job, {"spec", "managedBy"});
  return !manager.empty() && manager != "kubernetes.io/job-controller";
}

JobPlan plan_job(const Json& job, const std::vector<store::Object>& pods, WallTime now,
                 const std::optional<JobBackoff>& before) {
  return Planning(job, pods, now).run(before);
}

}  // namespace podrun::controllers
