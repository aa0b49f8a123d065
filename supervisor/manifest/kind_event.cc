// core/v1 and events.k8s.io/v1 Event. Loosely validated, as recorders must not fail over details.
#include "supervisor/manifest/event_versions.h"
#include "supervisor/manifest/kinds.h"

namespace podrun::manifest {

namespace {

struct Renamed {
  const char *stored, *newer;
};
constexpr Renamed kRenamed[] = {
    {"involvedObject", "regarding"},
    {"message", "note"},
    {"reportingComponent", "reportingController"},
    {"source", "deprecatedSource"},
    {"firstTimestamp", "deprecatedFirstTimestamp"},
    {"lastTimestamp", "deprecatedLastTimestamp"},
    {"count", "deprecatedCount"},
};

void rename(Json& object, const char* from, const char* to) {
  const auto found = object.find(from);
  if (found == object.end()) return;
  Json value = std::move(*found);
  object.erase(from);
  object[to] = std::move(value);
}

}  // namespace

Json newer_event(const Json& stored) {
  Json out = stored;
  out["apiVersion"] = "events.k8s.io/v1";
  for (const Renamed& field : kRenamed) rename(out, field.stored, field.newer);
  sort_object(out);
  return out;
}

void to_stored_event(Json& event) {
  for (const Renamed& field : kRenamed) rename(event, field.newer, field.stored);
}

void admit_event(Intake& in) {
  object_at(in.object, "source");
  object_at(in.object, "involvedObject");
  for (const char* field : {"reportingComponent", "reportingInstance"}) {
    set_default(in.object, field, "");
  }
  // legacyValidateEvent: an event of a thing without a namespace lives in "default".
  const std::string own = text_at(in.object["metadata"], "namespace");
  const std::string involved = text_at(in.object["involvedObject"], "namespace");
  const bool same = involved.empty() ? own.empty() || own == "default" || own == "kube-system"
                                     : own.empty() || involved == own;
  if (!same) {
    in.report.invalid(in.path / "involvedObject" / "namespace", involved,
                      "does not match event.namespace");
  }
}

void admit_newer_event(Intake& in) {
  to_stored_event(in.object);
  admit_event(in);
}

}  // namespace podrun::manifest
