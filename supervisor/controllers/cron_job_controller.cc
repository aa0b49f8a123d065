#include "supervisor/controllers/cron_job_controller.h"

#include <algorithm>

#include "supervisor/controllers/controller_ref.h"
#include "supervisor/controllers/events.h"
#include "supervisor/controllers/job_pods.h"
#include "supervisor/controllers/pod_control.h"

namespace podrun::controllers {
namespace {

constexpr const char* kComponent = "cronjob-controller";
constexpr int kConflict = 409;

}  // namespace

/// What it controls, and what its status says of it that the index does not know yet.
std::vector<store::Object> CronJobController::jobs_of(const store::Object& cron_job) const {
  std::vector<store::Object> jobs;
  const std::string& uid = uid_of(*cron_job.json);
  const auto add = [&](const store::ObjectKey& key, const std::string& job_uid) {
    const store::Object* job = client_.get(key);
    if (job == nullptr || controller_uid(*job->json) != uid) return;
    if (!job_uid.empty() && uid_of(*job->json) != job_uid) return;
    const bool is_known = std::any_of(jobs.begin(), jobs.end(),
                                      [&](const store::Object& each) { return each.key == key; });
    if (!is_known) jobs.push_back(*job);
  };
  for (const store::ObjectKey& key : owned_by_(uid)) {
    if (key.resource == kJobs) add(key, "");
  }
  if (const Json* active = find(*cron_job.json, {"status", "active"})) {
    for (const Json& each : *active) {
      add({kJobs, cron_job.key.namespace_, text_at(each, {"name"})}, text_at(each, {"uid"}));
    }
  }
  return jobs;
}

NextLook CronJobController::sync(const store::ObjectKey& key, WallTime now) {
  const store::Object* found = client_.get(key);
  if (found == nullptr) return std::nullopt;
  const store::Object cron_job = *found;
  CronPlan plan = plan_cron_job(*cron_job.json, jobs_of(cron_job), zones_, now);
  for (const store::Object& job : plan.expired) remove(*cron_job.json, job);
  for (const CronEvent& each : plan.events) {
    (each.is_warning ? record_warning : record_normal)(client_, *cron_job.json, kComponent,
                                                       each.reason.c_str(), each.message);
  }
  if (plan.start) start(cron_job, plan);
  write_status(cron_job, plan.status);
  return plan.next;
}

/// Its pods go with it, in the background.
void CronJobController::remove(const Json& cron_job, const store::Object& job) {
  api::DeleteOptions options;
  options.propagation_policy = "Background";
  options.uid = uid_of(*job.json);
  try {
    if (unless_gone([&] { client_.remove(job.key, options); })) {
      record_normal(client_, cron_job, kComponent, "SuccessfulDelete",
                    "Deleted job " + job.key.name);
    }
  } catch (const api::ApiError& error) {
    record_warning(client_, cron_job, kComponent, "FailedDelete",
                   std::string("Deleted job: ") + error.what());
    throw;
  }
}

/// What is known without the new job is written even where that cannot be made.
void CronJobController::start(const store::Object& cron_job, CronPlan& plan) {
  if (is_namespace_ending(client_, cron_job.key.namespace_)) return;
  try {
    for (const store::Object& job : plan.replaced) remove(*cron_job.json, job);
    const std::optional<store::Object> made = make(cron_job, *plan.start);
    if (!made) return;
    plan.status =
        with_started(std::move(plan.status), object_reference(*made->json), plan.start->scheduled);
  } catch (const api::ApiError&) {
    write_status(cron_job, plan.status);
    throw;
  }
}

/// A job that is there already was made before its reference was written. Nothing where the name is
/// taken by another's.
std::optional<store::Object> CronJobController::make(const store::Object& cron_job,
                                                     const CronStart& start) {
  const std::string& space = cron_job.key.namespace_;
  try {
    store::Object made = client_.create(kJobs, space, start.job);
    record_normal(client_, *cron_job.json, kComponent, "SuccessfulCreate",
                  "Created job " + made.key.name);
    return made;
  } catch (const api::ApiError& error) {
    const store::Object* present = client_.get({kJobs, space, name_of(start.job)});
    if (error.code() == kConflict && present != nullptr) {
      if (controller_uid(*present->json) != uid_of(*cron_job.json)) return std::nullopt;
      return *present;
    }
    record_warning(client_, *cron_job.json, kComponent, "FailedCreate",
                   std::string("Error creating job: ") + error.what());
    throw;
  }
}

void CronJobController::write_status(const store::Object& cron_job, const Json& status) {
  if (same_value(status, cron_job.json->value("status", Json::object()))) return;
  Json changed = *cron_job.json;
  changed["status"] = status;
  client_.update_status(cron_job.key, std::move(changed));
}

}  // namespace podrun::controllers
