// One pod of a Job: how it ended and what that means for the Job, and how its successor is made.
// pkg/controller/job, pod_failure_policy.go and indexed_job_utils.go.
#pragma once

#include <optional>
#include <string>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

inline constexpr const char* kJobs = "jobs.batch";
/// Holds a pod until the Job has counted it.
inline constexpr const char* kJobTracking = "batch.kubernetes.io/job-tracking";

bool is_tracked(const Json& pod);
bool is_indexed(const Json& job);
/// Pods that are being deleted are not replaced before they have ended.
bool replaces_ended_only(const Json& job);

/// It ran to its end, or was deleted before a node had it: a node sets a last phase before it
/// confirms a deletion, and a forced one ends nothing.
bool has_ended(const Json& pod);
bool has_succeeded(const Json& pod);
/// It counts as failed; one that is being deleted does where it is replaced meanwhile.
bool has_failed(const Json& job, const Json& pod);
/// When its last container ended; where one has not, when the pod ceased to be ready, else when its
/// deletion was asked for (getFinishedTime in backoff_utils.go).
WallTime finished_at(const Json& pod);
/// Of its annotation; nothing where that is none of the Job's indexes.
std::optional<std::int64_t> completion_index(const Json& job, const Json& pod);

enum class FailureAction { kCount, kIgnore, kFailIndex, kFailJob };
struct FailureMatch {
  FailureAction action = FailureAction::kCount;
  std::string message;  // which rule, for kFailJob
};
/// What spec.podFailurePolicy makes of a failed pod.
FailureMatch match_failure(const Json& job, const Json& pod);

/// A pod to be made.
struct JobPod {
  std::optional<std::int64_t> index;
  std::int64_t failures = 0, ignored = 0;  // of the index before, with backoffLimitPerIndex
};
/// The failures of its index up to a pod that failed.
JobPod after_failure(const Json& job, const Json& pod);
Json job_pod(const Json& job, const Json& owner_ref, const JobPod& made);

}  // namespace podrun::controllers
