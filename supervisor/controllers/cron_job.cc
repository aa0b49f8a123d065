#include "supervisor/controllers/cron_job.h"

#include <algorithm>

#include "base/error.h"
#include "base/go_text.h"
#include "base/text.h"
#include "supervisor/controllers/controller_ref.h"
#include "supervisor/controllers/limit.h"

namespace podrun::controllers {
namespace {

constexpr const char* kScheduledAt = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/// "Complete", "Failed", or "" of a job that has not ended.
std::string outcome_of(const Json& job) {
  for (const char* type : {"Complete", "Failed"}) {
    const Json* condition = condition_of(job, type);
    if (condition != nullptr && text_at(*condition, {"status"}) == "True") return type;
  }
  return "";
}

/// Those that have not started are the youngest.
bool started_before(const store::Object& a, const store::Object& b) {
  const auto key = [](const store::Object& job) {
    return std::pair(time_at(*job.json, {"status", "startTime"}).value_or(WallTime::max()),
                     name_of(*job.json));
  };
  return key(a) < key(b);
}

/// time.RFC1123Z in UTC: "Mon, 02 Jan 2006 15:04:05 +0000".
std::string rfc1123(WallTime time) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::string date = rfc3339(time);  // 2006-01-02T15:04:05Z
  const std::string month = kMonths[std::stoul(date.substr(5, 2)) - 1];
  return std::string(kDays[std::chrono::weekday(day).c_encoding()]) + ", " + date.substr(8, 2) +
         " " + month + " " + date.substr(0, 4) + " " + date.substr(11, 8) + " +0000";
}

/// time.RFC3339 in a zone.
std::string rfc3339_in(WallTime time, const ZoneOffset& zone) {
  const Seconds offset = zone(time);
  std::string text = rfc3339(time + offset);
  if (offset == Seconds(0)) return text;
  const auto ahead = std::chrono::floor<std::chrono::minutes>(std::chrono::abs(offset)).count();
  const auto two = [](std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  text.back() = offset < Seconds(0) ? '-' : '+';
  return text + two(ahead / 60) + ":" + two(ahead % 60);
}

Json copy_at(const Json& object, Path path) {
  const Json* found = find(object, path);
  return found == nullptr ? Json::object() : *found;
}

std::string job_name(const Json& cron_job, WallTime scheduled) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(scheduled.time_since_epoch());
  return name_of(cron_job) + "-" + std::to_string(minutes.count());
}

Json job_of(const Json& cron_job, WallTime scheduled, const std::string& scheduled_at) {
  Json annotations = copy_at(cron_job, {"spec", "jobTemplate", "metadata", "annotations"});
  annotations[kScheduledAt] = scheduled_at;
  return {
      {"apiVersion", "batch/v1"},
      {"kind", "Job"},
      {"metadata",
       {{"name", job_name(cron_job, scheduled)},
        {"labels", copy_at(cron_job, {"spec", "jobTemplate", "metadata", "labels"})},
        {"annotations", std::move(annotations)},
        {"ownerReferences", Json::array({make_controller_ref(cron_job, "batch/v1", "CronJob")})}}},
      {"spec", copy_at(cron_job, {"spec", "jobTemplate", "spec"})}};
}

class Planning {
 public:
  Planning(const Json& cron_job, const std::vector<store::Object>& jobs, const Zones& zones,
           WallTime now)
      : cron_job_(cron_job), jobs_(jobs), zones_(zones), now_(now) {}

  CronPlan run() {
    plan_.status = cron_job_.value("status", Json::object());
    if (const Json* active = find(plan_.status, {"active"})) active_ = *active;
    trim_history("Complete", "successfulJobsHistoryLimit");
    trim_history("Failed", "failedJobsHistoryLimit");
    for (const store::Object& job : jobs_) note(*job.json);
    note_missing();
    if (!is_being_deleted(cron_job_)) schedule();
    plan_.status.erase("active");
    if (!active_.empty()) plan_.status["active"] = std::move(active_);
    return std::move(plan_);
  }

 private:
  void tell(const char* reason, std::string message) {
    plan_.events.push_back({false, reason, std::move(message)});
  }
  void warn(const char* reason, std::string message) {
    plan_.events.push_back({true, reason, std::move(message)});
  }
  bool is_active(const std::string& uid) const {
    return std::any_of(active_.begin(), active_.end(),
                       [&](const Json& each) { return text_at(each, {"uid"}) == uid; });
  }
  bool is_active_name(const std::string& name) const {
    return std::any_of(active_.begin(), active_.end(),
                       [&](const Json& each) { return text_at(each, {"name"}) == name; });
  }
  void drop_active(const std::string& uid) {
    std::erase_if(active_.get_ref<Json::array_t&>(),
                  [&](const Json& each) { return text_at(each, {"uid"}) == uid; });
  }

  // ---- what became of the jobs

  void trim_history(const char* outcome, const char* limit) {
    if (find(cron_job_, {"spec", limit}) == nullptr) return;
    std::vector<store::Object> ended;
    std::copy_if(jobs_.begin(), jobs_.end(), std::back_inserter(ended),
                 [&](const store::Object& job) { return outcome_of(*job.json) == outcome; });
    const auto count = static_cast<std::int64_t>(ended.size());
    std::int64_t excess = count - number_at(cron_job_, {"spec", limit});
    std::sort(ended.begin(), ended.end(), started_before);
    for (const store::Object& job : ended) {
      if (excess-- <= 0) return;
      drop_active(uid_of(*job.json));
      if (!is_being_deleted(*job.json)) plan_.expired.push_back(job);
    }
  }

  void note(const Json& job) {
    const std::string outcome = outcome_of(job);
    const bool was_active = is_active(uid_of(job));
    if (outcome.empty()) {
      if (was_active) return;
      warn("UnexpectedJob",
           "Saw a job that the controller did not create or forgot: " + name_of(job));
      return;
    }
    if (was_active) {
      drop_active(uid_of(job));
      tell("SawCompletedJob", "Saw completed job: " + name_of(job) + ", condition: " + outcome);
    }
    const auto ended = time_at(job, {"status", "completionTime"});
    if (outcome != "Complete" || !ended) return;
    const auto last = time_at(plan_.status, {"lastSuccessfulTime"});
    if (!last || *ended > *last) plan_.status["lastSuccessfulTime"] = rfc3339(*ended);
  }

  void note_missing() {
    const Json before = active_;
    for (const Json& each : before) {
      const std::string& uid = text_at(each, {"uid"});
      const bool is_there = std::any_of(jobs_.begin(), jobs_.end(), [&](const store::Object& job) {
        return uid_of(*job.json) == uid;
      });
      if (is_there) continue;
      tell("MissingJob", "Active job went missing: " + text_at(each, {"name"}));
      drop_active(uid);
    }
  }

  // ---- what is due

  /// Nothing where no job can ever start; an event says why.
  std::optional<CronTimes> read_times() {
    const std::string& zone = text_at(cron_job_, {"spec", "timeZone"});
    const std::string& schedule = text_at(cron_job_, {"spec", "schedule"});
    CronTimes times;
    try {
      times.zone = zones_(zone);
    } catch (const BadInput& error) {
      warn("UnknownTimeZone", "invalid timeZone: " + go_quote(zone) + ": " + error.what());
      return std::nullopt;
    }
    if (flag_at(cron_job_, {"spec", "suspend"})) return std::nullopt;
    if (schedule.find("TZ") != std::string::npos) {
      warn("UnsupportedSchedule",
           "CRON_TZ or TZ used in schedule " + go_quote(schedule) +
               " is not officially supported, see "
               "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more "
               "details");
    }
    try {
      times.schedule = manifest::parse_cron(schedule);
      if (!times.schedule.zone.empty()) times.zone = zone_in_schedule(times.schedule.zone);
    } catch (const BadInput& error) {
      warn("UnparseableSchedule",
           "unparseable schedule: " + go_quote(schedule) + " : " + error.what());
      return std::nullopt;
    }
    times.since = last_time();
    if (const Json* deadline = find(cron_job_, {"spec", "startingDeadlineSeconds"})) {
      times.deadline = limit_of(deadline->get<std::int64_t>());
    }
    return times;
  }

  ZoneOffset zone_in_schedule(const std::string& name) const {
    try {
      return zones_(name);
    } catch (const BadInput& error) {
      throw BadInput("provided bad location " + name + ": " + error.what());
    }
  }

  WallTime last_time() const {
    if (const auto last = time_at(plan_.status, {"lastScheduleTime"})) return *last;
    return time_at(cron_job_, {"metadata", "creationTimestamp"}).value_or(now_);
  }

  void schedule() {
    std::optional<CronTimes> times = read_times();
    if (!times) return;
    const Due due = find_due(*times, now_);
    if (due.is_invalid) {
      warn("InvalidSchedule", "invalid schedule: " + text_at(cron_job_, {"spec", "schedule"}) +
                                  " : time difference between two schedules is less than 1 second");
      return;
    }
    if (due.time) {
      if (due.too_many) {
        warn("TooManyMissedTimes",
             "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check "
             "clock skew");
      }
      consider(*times, *due.time);
    }
    if (plan_.start) times->since = plan_.start->scheduled;
    plan_.next = next_look(*times, now_);
  }

  void consider(const CronTimes& times, WallTime scheduled) {
    if (times.deadline && scheduled + *times.deadline < now_) {
      warn("MissSchedule", "Missed scheduled time to start a job: " + rfc1123(scheduled));
      return;
    }
    const bool is_done = time_at(plan_.status, {"lastScheduleTime"}) == scheduled;
    if (is_done || is_active_name(job_name(cron_job_, scheduled))) return;
    const std::string& policy = text_at(cron_job_, {"spec", "concurrencyPolicy"});
    if (policy == "Forbid" && !active_.empty()) {
      tell("JobAlreadyActive",
           "Not starting job because prior execution is running and concurrency policy is Forbid");
      return;
    }
    if (policy == "Replace") replace_active();
    const bool has_zone = find(cron_job_, {"spec", "timeZone"}) != nullptr;
    plan_.start =
        CronStart{job_of(cron_job_, scheduled,
                         has_zone ? rfc3339_in(scheduled, times.zone) : rfc3339(scheduled)),
                  scheduled};
  }

  void replace_active() {
    for (const store::Object& job : jobs_) {
      if (is_active(uid_of(*job.json))) plan_.replaced.push_back(job);
    }
    active_.clear();
  }

  const Json& cron_job_;
  const std::vector<store::Object>& jobs_;
  const Zones& zones_;
  WallTime now_;
  Json active_ = Json::array();
  CronPlan plan_;
};

}  // namespace

CronPlan plan_cron_job(const Json& cron_job, const std::vector<store::Object>& jobs,
                       const Zones& zones, WallTime now) {
  return Planning(cron_job, jobs, zones, now).run();
}

Json with_started(Json status, const Json& job_reference, WallTime scheduled) {
  status["active"].push_back(job_reference);
  status["lastScheduleTime"] = rfc3339(scheduled);
  return status;
}

}  // namespace podrun::controllers
