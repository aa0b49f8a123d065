// How many pods of a Job have ended, and how: what stood in the status, and what is seen now. The
// first part of a plan.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "supervisor/controllers/job_pods.h"
#include "supervisor/manifest/index_set.h"

namespace podrun::controllers {

struct EndedPods {
  std::vector<const store::Object*> succeeded, failed;  // of those given
};

struct JobTally {
  std::int64_t succeeded = 0, failed = 0;                       // counted for good
  std::set<std::string> uncounted_succeeded, uncounted_failed;  // uids
  manifest::IndexSet completed_indexes, failed_indexes;         // of an Indexed Job
  std::vector<store::Object> free;                              // see JobPlan
  /// With backoffLimitPerIndex, by index: the last pod that failed. Those that are held are not
  /// counted before they are replaced: they tell how often their index failed.
  std::map<std::int64_t, store::Object> last_failed;
  std::set<std::string> held;                // uids
  std::vector<store::Object> active, stray;  // stray: active, and no longer tracked
  std::int64_t terminating = 0, tracked = 0;
  std::string fail_job;  // the message of a rule that says so
  /// What ended, also where a rule ignores it: seen for the first time, and before.
  EndedPods fresh, counted;

  std::int64_t all_succeeded() const {
    return succeeded + static_cast<std::int64_t>(uncounted_succeeded.size());
  }
  /// Of spec.completions.
  std::int64_t done(const Json& job) const { return is_indexed(job) ? succeeded : all_succeeded(); }
  std::int64_t all_failed() const {
    return failed + static_cast<std::int64_t>(uncounted_failed.size());
  }
};

/// `has_verdict`: the Job ends, and no pod is replaced any more.
JobTally tally_job(const Json& job, const std::vector<store::Object>& pods, bool has_verdict);

}  // namespace podrun::controllers
