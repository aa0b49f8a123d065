#include "supervisor/controllers/job_controller.h"

#include "supervisor/controllers/controller_ref.h"
#include "supervisor/controllers/events.h"
#include "supervisor/controllers/pod_control.h"

namespace podrun::controllers {
namespace {

constexpr const char* kComponent = "job-controller";

Json reference_to(const Json& job) { return make_controller_ref(job, "batch/v1", "Job"); }

}  // namespace

/// What the Job owns, after it took up and let go what is due.
std::vector<store::Object> JobController::claimed(const Json& job) {
  const std::string& space = text_at(job, {"metadata", "namespace"});
  const Claims claims = decide_claims(job, client_.list("pods", space));
  if (claims.adopt.empty() && claims.release.empty()) return claims.owned;
  for (const store::Object& each : claims.release) {
    Json changed = without_owners(*each.json, {uid_of(job)});
    drop_finalizer(changed, kJobTracking);
    replace_owners(client_, each, std::move(changed));
  }
  for (const store::Object& each : claims.adopt) {
    Json changed = with_owner(*each.json, reference_to(job));
    // One that has ended is history.
    if (!has_ended(changed) && !is_tracked(changed)) {
      changed["metadata"]["finalizers"].push_back(kJobTracking);
    }
    replace_owners(client_, each, std::move(changed));
  }
  return decide_claims(job, client_.list("pods", space)).owned;
}

NextLook JobController::sync(const store::ObjectKey& key, WallTime now) {
  const store::Object* found = client_.get(key);
  if (found == nullptr || is_being_deleted(*found->json)) {
    untrack_orphans(key.namespace_);
    memories_.erase(key);
    return std::nullopt;
  }
  const store::Object job = *found;
  if (is_managed_elsewhere(*job.json)) return expire_in_time(job, now);
  std::optional<JobBackoff> before;
  const auto memory = memories_.find(key);
  if (memory != memories_.end() && memory->second.uid == uid_of(*job.json)) {
    before = memory->second.backoff;
  }
  const JobPlan plan = plan_job(*job.json, claimed(*job.json), now, before);
  act(job, plan);
  return plan.next;
}

void JobController::expire(const store::Object& job) {
  api::DeleteOptions options;
  options.propagation_policy = "Foreground";
  options.uid = uid_of(*job.json);
  unless_gone([&] { client_.remove(job.key, options); });
}

/// Whoever manages it: in Kubernetes this is a controller of its own (ttlafterfinished).
NextLook JobController::expire_in_time(const store::Object& job, WallTime now) {
  const auto due = expires_at(*job.json);
  if (due && *due > now) return due;
  if (due) expire(job);
  return std::nullopt;
}

void JobController::act(const store::Object& job, const JobPlan& plan) {
  if (plan.expire) return expire(job);
  write_status(job, plan);
  for (const JobEvent& each : plan.events) {
    (each.is_warning ? record_warning : record_normal)(client_, *job.json, kComponent,
                                                       each.reason.c_str(), each.message);
  }
  for (const store::Object& pod : plan.free) untrack(pod);
  std::vector<store::Object> removed;
  removed.reserve(plan.dismiss.size() + plan.end.size());
  for (const store::Object& pod : plan.dismiss) removed.push_back(untrack(pod));
  removed.insert(removed.end(), plan.end.begin(), plan.end.end());
  delete_pods(client_, *job.json, kComponent, removed);
  const Json reference = reference_to(*job.json);
  create_pods(client_, *job.json, kComponent, plan.create.size(),
              [&](std::size_t i) { return job_pod(*job.json, reference, plan.create[i]); });
}

/// What the backoff has seen, the status must know: a pod counts in both or in none.
void JobController::write_status(const store::Object& job, const JobPlan& plan) {
  if (!same_value(plan.status, job.json->value("status", Json()))) {
    Json changed = *job.json;
    changed["status"] = plan.status;
    client_.update_status(job.key, std::move(changed));
  }
  if (is_finished({{"status", plan.status}})) {
    memories_.erase(job.key);
  } else {
    memories_[job.key] = {uid_of(*job.json), plan.backoff};
  }
}

/// A conflict where the pod changed since: it may have ended.
store::Object JobController::untrack(const store::Object& pod) {
  if (!is_tracked(*pod.json)) return pod;
  Json changed = *pod.json;
  drop_finalizer(changed, kJobTracking);
  store::Object written = pod;
  unless_gone([&] { written = client_.update(pod.key, std::move(changed)); });
  return written;
}

/// No Job counts them any more.
void JobController::untrack_orphans(const std::string& namespace_) {
  for (const store::Object& pod : client_.list("pods", namespace_)) {
    if (!is_tracked(*pod.json)) continue;
    const Json* owner = controller_ref(*pod.json);
    if (owner != nullptr) {
      const store::Object* job = client_.get({kJobs, namespace_, text_at(*owner, {"name"})});
      const bool lives = job != nullptr && !is_being_deleted(*job->json) &&
                         uid_of(*job->json) == text_at(*owner, {"uid"});
      if (lives || text_at(*owner, {"kind"}) != "Job") continue;
    }
    untrack(pod);
  }
}

}  // namespace podrun::controllers
