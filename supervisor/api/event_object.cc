#include "supervisor/api/event_object.h"

#include <utility>

namespace podrun::api {

std::optional<EventObject> event_object(pod::EventRecorder& recorder, const EventRecord& record,
                                        WallTime now) {
  const store::Json& about = record.involved_object;
  pod::Event event;
  event.object = about.value("kind", "") + "/" + about.value("name", "");
  event.uid = about.value("uid", "");
  event.field_path = about.value("fieldPath", "");
  event.type = record.type == "Warning" ? pod::EventType::kWarning : pod::EventType::kNormal;
  event.reason = record.reason;
  event.message = record.message;
  event.source = record.component;
  const auto counted = recorder.record(std::move(event), now);
  if (!counted) return std::nullopt;
  const std::string in_namespace =
      about.value("namespace", "").empty() ? "default" : about.value("namespace", "");
  EventObject made;
  made.key = {"events", in_namespace, counted->name};
  made.object = pod::to_json(*counted, {in_namespace, about.value("uid", ""), record.host});
  made.object["involvedObject"] = about;
  return made;
}

}  // namespace podrun::api
