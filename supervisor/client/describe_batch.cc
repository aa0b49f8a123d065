// Job and CronJob.
#include "base/duration.h"
#include "base/error.h"
#include "supervisor/client/describe.h"
#include "supervisor/client/describe_parts.h"

namespace podrun::client {
namespace {

std::string selector_text(const Json& spec) try {
  return selector_of(at_path(spec, "selector"));
} catch (const BadInput& error) {
  return std::string("Failed to get selector: ") + error.what();
}

void write_if_set(Sheet& sheet, std::string_view title, const Json& object, std::string_view path,
                  std::string_view unit = "") {
  if (is_set(object, path)) sheet.field(0, title, text_at(object, path).append(unit));
}

std::string run_time(const Json& job) try {
  return human_duration(parse_rfc3339(text_at(job, "status.completionTime")) -
                        parse_rfc3339(text_at(job, "status.startTime")));
} catch (const BadInput&) {
  return "<unknown>";
}

void write_times(Sheet& sheet, const Json& job) {
  const bool started = is_set(job, "status.startTime");
  const bool completed = is_set(job, "status.completionTime");
  if (started) sheet.field(0, "Start Time", time_at(job, "status.startTime"));
  if (completed) sheet.field(0, "Completed At", time_at(job, "status.completionTime"));
  if (started && completed) sheet.field(0, "Duration", run_time(job));
}

/// The indexes up to the first comma from the 50th character on.
std::string indexes_text(const std::string& indexes) {
  constexpr std::size_t kSoftLimit = 50;
  if (indexes.empty()) return "<none>";
  const auto comma = indexes.find(',', kSoftLimit);
  return comma == std::string::npos ? indexes : indexes.substr(0, comma + 1) + "...";
}

std::string pods_statuses(const Json& job) {
  std::string active = number_at(job, "status.active") + " Active";
  if (is_set(job, "status.ready")) active += " (" + number_at(job, "status.ready") + " Ready)";
  return active + " / " + number_at(job, "status.succeeded") + " Succeeded / " +
         number_at(job, "status.failed") + " Failed";
}

void write_job_template(Sheet& sheet, const Json& spec) {
  sheet.field(0, "Selector", is_set(spec, "selector") ? selector_text(spec) : "<unset>");
  sheet.field(0, "Parallelism", or_unset(spec, "parallelism"));
  sheet.field(0, "Completions", or_unset(spec, "completions"));
  write_if_set(sheet, "Active Deadline Seconds", spec, "activeDeadlineSeconds", "s");
  write_pod_template(sheet, at_path(spec, "template"));
}

}  // namespace

std::string describe_job(const Json& job, const Related& related, WallTime now) {
  Sheet sheet;
  write_name_and_namespace(sheet, job);
  sheet.field(0, "Selector", selector_text(at_path(job, "spec")));
  write_labels_and_annotations(sheet, job);
  write_controlled_by(sheet, job);
  write_if_set(sheet, "Parallelism", job, "spec.parallelism");
  sheet.field(0, "Completions", or_unset(job, "spec.completions"));
  write_if_set(sheet, "Completion Mode", job, "spec.completionMode");
  write_if_set(sheet, "Suspend", job, "spec.suspend");
  write_if_set(sheet, "Backoff Limit", job, "spec.backoffLimit");
  write_if_set(sheet, "TTL Seconds After Finished", job, "spec.ttlSecondsAfterFinished");
  write_times(sheet, job);
  write_if_set(sheet, "Active Deadline Seconds", job, "spec.activeDeadlineSeconds", "s");
  sheet.field(0, "Pods Statuses", pods_statuses(job));
  if (text_at(job, "spec.completionMode") == "Indexed") {
    sheet.field(0, "Completed Indexes", indexes_text(text_at(job, "status.completedIndexes")));
  }
  write_pod_template(sheet, at_path(job, "spec.template"));
  write_events(sheet, related.events, now);
  return sheet.text();
}

std::string describe_cron_job(const Json& job, const Related& related, WallTime now) {
  const Json& spec = at_path(job, "spec");
  Sheet sheet;
  write_name_and_namespace(sheet, job);
  write_labels_and_annotations(sheet, job);
  sheet.field(0, "Schedule", text_at(spec, "schedule"));
  sheet.field(0, "Concurrency Policy", text_at(spec, "concurrencyPolicy"));
  sheet.field(0, "Suspend",
              !is_set(spec, "suspend")   ? "<unset>"
              : bool_at(spec, "suspend") ? "True"
                                         : "False");
  sheet.field(0, "Successful Job History Limit", or_unset(spec, "successfulJobsHistoryLimit"));
  sheet.field(0, "Failed Job History Limit", or_unset(spec, "failedJobsHistoryLimit"));
  sheet.field(0, "Starting Deadline Seconds",
              or_unset(spec, "startingDeadlineSeconds") +
                  (is_set(spec, "startingDeadlineSeconds") ? "s" : ""));
  write_job_template(sheet, at_path(spec, "jobTemplate.spec"));
  sheet.field(
      0, "Last Schedule Time",
      is_set(job, "status.lastScheduleTime") ? time_at(job, "status.lastScheduleTime") : "<unset>");
  std::vector<std::string> active;
  for (const Json& reference : at_path(job, "status.active")) {
    active.push_back(text_at(reference, "name"));
  }
  sheet.field(0, "Active Jobs", or_none(joined(active, ", ")));
  write_events(sheet, related.events, now);
  return sheet.text();
}

}  // namespace podrun::client
