// What the daemon's own parts tell: events, equal ones counted.
#include <utility>

#include "base/uuid.h"
#include "supervisor/api/registry.h"

namespace podrun::api {

using store::Json;
using store::ObjectKey;

void Registry::record(const EventRecord& record) {
  const Json& about = record.involved_object;
  pod::Event event;
  event.object = about.value("kind", "") + "/" + about.value("name", "");
  event.uid = about.value("uid", "");
  event.field_path = about.value("fieldPath", "");
  event.type = record.type == "Warning" ? pod::EventType::kWarning : pod::EventType::kNormal;
  event.reason = record.reason;
  event.message = record.message;
  event.source = record.component;
  const auto counted = events_.record(std::move(event), clock_.wall());
  if (!counted) return;
  const std::string in_namespace =
      about.value("namespace", "").empty() ? "default" : about.value("namespace", "");
  Json object = pod::to_json(*counted, {in_namespace, about.value("uid", ""), record.host});
  object["involvedObject"] = about;
  const ObjectKey key{"events", in_namespace, counted->name};
  if (const store::Object* present = store_.find(key)) {
    object["metadata"] = present->json->at("metadata");
    put(store::Object(*present), std::move(object));
  } else if (store_.find({"namespaces", "", in_namespace}) != nullptr) {
    object["metadata"]["uid"] = make_uuid();
    put_new(key, std::move(object));
  }
}

}  // namespace podrun::api
