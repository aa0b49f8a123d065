// What the daemon's own parts tell: events, equal ones counted.
#include "base/uuid.h"
#include "supervisor/api/event_object.h"
#include "supervisor/api/registry.h"

namespace podrun::api {

void Registry::record(const EventRecord& record) {
  auto counted = event_object(events_, record, clock_.wall());
  if (!counted) return;
  auto& [key, object] = *counted;
  if (const store::Object* present = store_.find(key)) {
    object["metadata"] = present->json->at("metadata");
    put(store::Object(*present), std::move(object));
  } else if (store_.find({"namespaces", "", key.namespace_}) != nullptr) {
    object["metadata"]["uid"] = make_uuid();
    put_new(key, std::move(object));
  }
}

}  // namespace podrun::api
