// batch/v1 CronJob; v1beta1, whose fields are the same, on the way in.
#include <algorithm>
#include <array>
#include <fstream>

#include "base/error.h"
#include "base/text.h"
#include "supervisor/manifest/cron_schedule.h"
#include "supervisor/manifest/job_spec.h"
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/label_selector.h"
#include "supervisor/manifest/validate_selector.h"
#include "supervisor/manifest/workload.h"

namespace podrun::manifest {

namespace {

/// A job's name has eleven characters more, and fits into a label's value.
constexpr std::size_t kLongestName = 52;
constexpr std::size_t kLongestPrefix = 58;  // of a generated name
constexpr std::size_t kLongestPart = 14;    // of a zone's name
constexpr const char* kZones = "/usr/share/zoneinfo/";

void set_defaults(Json& spec) {
  set_default(spec, "concurrencyPolicy", "Allow");
  set_default(spec, "suspend", false);
  set_default(spec, "successfulJobsHistoryLimit", 3);
  set_default(spec, "failedJobsHistoryLimit", 1);
}

bool names_zone(const Json& spec) {
  return text_at(spec, "schedule").find("TZ") != std::string::npos;
}

void check_schedule(const Path& path, const Json& spec, const Json* old, Report& report) {
  const Path at = path / "schedule";
  const std::string schedule = text_at(spec, "schedule");
  if (schedule.empty()) return report.required(at);
  try {
    parse_cron(schedule);
  } catch (const BadInput& error) {
    report.invalid(at, schedule, error.what());
  }
  if (!names_zone(spec)) return;
  if (old == nullptr || !names_zone((*old)["spec"])) {
    report.invalid(at, schedule,
                   "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
  } else if (find(spec, "timeZone") != nullptr) {
    report.invalid(at, schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
  }
}

/// The names of https://data.iana.org/time-zones/theory.html, and some older ones.
bool is_zone_name(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '+';
  };
  for (;;) {
    const std::size_t end = name.find('/');
    const std::string_view part = name.substr(0, end);
    if (part.empty() || part.size() > kLongestPart || part == "." || part == ".." ||
        part.starts_with('-') || !std::all_of(part.begin(), part.end(), is_plain)) {
      return false;
    }
    if (end == std::string_view::npos) return true;
    name.remove_prefix(end + 1);
  }
}

/// This machine knows it.
bool is_zone(const std::string& name) {
  if (name == "UTC" || name == "Local") return true;
  std::array<char, 4> magic{};
  std::ifstream file(kZones + name, std::ios::binary);
  return file.read(magic.data(), magic.size()) && std::string_view(magic.data(), 4) == "TZif";
}

void check_zone(const Path& path, const Json& spec, Report& report) {
  if (find(spec, "timeZone") == nullptr) return;
  const std::string name = text_at(spec, "timeZone");
  if (name.empty()) return report.invalid(path, name, "timeZone must be nil or non-empty string");
  const bool is_name = is_zone_name(name);
  if (is_name && lowercase(name) == "local") {
    report.invalid(path, name,
                   "timeZone must be an explicit time zone as defined in "
                   "https://www.iana.org/time-zones");
  }
  if (!is_name || !is_zone(name)) report.invalid(path, name, "unknown time zone " + name);
}

/// Kept as it came, but for the defaults of the pod and of the failure policy: a job has its own
/// defaults once it is made.
void admit_job_template(const Path& path, Json& spec, Report& report) {
  Json whole = spec;
  admit_job_spec(path, whole, report);
  for (const char* field : {"template", "podFailurePolicy"}) {
    if (find(whole, field) != nullptr) spec[field] = std::move(whole[field]);
  }
  if (const Json* selector = find(spec, "selector")) {
    report.invalid_shown(path / "selector", go_selector_text(*selector),
                         "`selector` will be auto-generated");
  }
  if (truth_at(spec, "manualSelector")) {
    report.error(path / "manualSelector",
                 R"(Unsupported value: true: supported values: "nil", "false")");
  }
}

void check_name(const Intake& in) {
  const Json& metadata = in.object["metadata"];
  std::string name = text_at(metadata, "name");
  const std::string prefix = text_at(metadata, "generateName");
  if (name.empty() && !prefix.empty() && in.newcomer != nullptr) {
    name = prefix.substr(0, kLongestPrefix) + in.newcomer->suffix;
  }
  if (name.size() <= kLongestName) return;
  in.report.invalid(in.path / "metadata" / "name", name, "must be no more than 52 characters");
}

}  // namespace

void admit_cron_job(Intake& in) {
  object_at(in.object, "status");
  Json& spec = object_at(in.object, "spec");
  const Path path = in.path / "spec";
  set_defaults(spec);
  check_schedule(path, spec, in.old, in.report);
  check_not_negative(path, spec, "startingDeadlineSeconds", in.report);
  const bool same_zone =
      in.old != nullptr && (*in.old)["spec"].value("timeZone", "") == spec.value("timeZone", "");
  if (!same_zone) check_zone(path / "timeZone", spec, in.report);
  const std::string policy = text_at(spec, "concurrencyPolicy");
  if (policy != "Allow" && policy != "Forbid" && policy != "Replace") {
    in.report.not_supported(path / "concurrencyPolicy", policy, {"Allow", "Forbid", "Replace"});
  }
  Json& made = object_at(spec, "jobTemplate");
  object_at(made, "metadata");
  admit_job_template(path / "jobTemplate" / "spec", object_at(made, "spec"), in.report);
  check_not_negative(path, spec, "successfulJobsHistoryLimit", in.report);
  check_not_negative(path, spec, "failedJobsHistoryLimit", in.report);
  if (in.old == nullptr) check_name(in);
}

}  // namespace podrun::manifest
