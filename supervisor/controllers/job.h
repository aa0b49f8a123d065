// What a Job does about its pods, pure: which are counted, made and deleted, when it has ended and
// why, status. pkg/controller/job.
//
// A pod counts exactly once: its uid is written to status.uncountedTerminatedPods, then its
// finalizer goes, then the uid gives way to one more in the count. Whatever is lost in between,
// what is stored says which step is next.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "supervisor/controllers/job_backoff.h"
#include "supervisor/controllers/job_pods.h"

namespace podrun::controllers {

struct JobEvent {
  bool is_warning = false;
  std::string reason, message;
};

/// In the order in which it is done.
struct JobPlan {
  Json status;
  std::vector<JobEvent> events;        // once the status is written
  std::vector<store::Object> free;     // whose finalizer goes: the status knows them
  std::vector<store::Object> dismiss;  // deleted, and not counted: the finalizer goes first
  std::vector<store::Object> end;      // deleted, and counted as failed
  std::vector<JobPod> create;
  bool expire = false;           // the Job is deleted: its time to live has passed
  std::optional<WallTime> next;  // when to look again though nothing changes
  JobBackoff backoff;            // once the status is written
};

/// `pods`: the Job's own. `before`: what the plan before it said; nothing at the first look, where
/// the pods that are still there tell.
JobPlan plan_job(const Json& job, const std::vector<store::Object>& pods, WallTime now,
                 const std::optional<JobBackoff>& before);

/// Complete or Failed.
bool is_finished(const Json& job);
/// When the time to live of a finished Job ends; nothing where it has none.
std::optional<WallTime> expires_at(const Json& job);
/// Another controller's, by spec.managedBy.
bool is_managed_elsewhere(const Json& job);

}  // namespace podrun::controllers
