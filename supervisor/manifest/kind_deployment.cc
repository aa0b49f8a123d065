// apps/v1 Deployment; apps/v1beta1, apps/v1beta2 and extensions/v1beta1 on the way in.
#include <limits>

#include "supervisor/manifest/int_or_percent.h"
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/workload.h"

namespace podrun::manifest {

namespace {

/// What a version fills in (pkg/apis/{apps,extensions}/v*/defaults.go).
struct Defaults {
  Json surge = "25%";  // and unavailable
  int history = 10;
  int deadline = 600;  // seconds
};

Defaults defaults_of(const KindRule& rule) {
  constexpr int kUnlimited = std::numeric_limits<std::int32_t>::max();
  if (rule.group == "extensions") return {1, kUnlimited, kUnlimited};
  if (rule.version == "v1beta1") return {"25%", 2, 600};
  return {};
}

/// Rolling back was once asked for in the spec; the annotation does it since.
void convert_rollback(Json& object) {
  Json& spec = object_at(object, "spec");
  const Json* rollback = find(spec, "rollbackTo");
  if (rollback != nullptr) {
    object_at(object_at(object, "metadata"),
              "annotations")["deprecated.deployment.rollback.revision"] =
        std::to_string(number_at(*rollback, "revision"));
  }
  spec.erase("rollbackTo");
}

void set_defaults(Json& spec, const Defaults& defaults) {
  set_default(spec, "replicas", 1);
  set_default(spec, "revisionHistoryLimit", defaults.history);
  set_default(spec, "progressDeadlineSeconds", defaults.deadline);
  Json& strategy = object_at(spec, "strategy");
  set_default(strategy, "type", "RollingUpdate");
  if (strategy["type"] != "RollingUpdate") return;
  Json& rolling = object_at(strategy, "rollingUpdate");
  set_default(rolling, "maxSurge", defaults.surge);
  set_default(rolling, "maxUnavailable", defaults.surge);
}

void check_rolling_update(const Path& path, const Json& rolling, Report& report) {
  const Json& unavailable = rolling["maxUnavailable"];
  const Json& surge = rolling["maxSurge"];
  check_int_or_percent(path / "maxUnavailable", unavailable, report);
  check_int_or_percent(path / "maxSurge", surge, report);
  if (is_zero_share(unavailable) && is_zero_share(surge)) {
    report.invalid_shown(path / "maxUnavailable", shown_int_or_percent(unavailable),
                         "may not be 0 when `maxSurge` is 0");
  }
  check_at_most_all(path / "maxUnavailable", unavailable, report);
}

void check_strategy(const Path& path, const Json& strategy, Report& report) {
  const std::string type = text_at(strategy, "type");
  const Json* rolling = find(strategy, "rollingUpdate");
  if (type == "Recreate") {
    if (rolling != nullptr) {
      report.forbidden(path / "rollingUpdate",
                       "may not be specified when strategy `type` is 'Recreate'");
    }
  } else if (type == "RollingUpdate") {
    check_rolling_update(path / "rollingUpdate", *rolling, report);
  } else {
    report.not_supported(path / "type", type, {"Recreate", "RollingUpdate"});
  }
}

}  // namespace

void admit_deployment(Intake& in) {
  object_at(in.object, "status");
  convert_rollback(in.object);
  if (in.rule.version == "v1beta1") default_from_template(in.object);
  Json& spec = object_at(in.object, "spec");
  set_defaults(spec, defaults_of(in.rule));
  const Path path = in.path / "spec";
  check_not_negative(path, spec, "replicas", in.report);
  admit_selector_and_template(in, "ReplicaSet");
  check_strategy(path / "strategy", spec["strategy"], in.report);
  check_not_negative(path, spec, "minReadySeconds", in.report);
  check_not_negative(path, spec, "revisionHistoryLimit", in.report);
  check_not_negative(path, spec, "progressDeadlineSeconds", in.report);
  const std::int64_t deadline = number_at(spec, "progressDeadlineSeconds");
  if (deadline <= number_at(spec, "minReadySeconds")) {
    in.report.invalid(path / "progressDeadlineSeconds", deadline,
                      "must be greater than minReadySeconds");
  }
}

}  // namespace podrun::manifest
