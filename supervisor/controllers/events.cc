#include "supervisor/controllers/events.h"

namespace podrun::controllers {
namespace {

void record(api::Client& client, const Json& object, const char* component, const char* type,
            const char* reason, const std::string& message) {
  api::EventRecord event;
  event.involved_object = object_reference(object);
  event.type = type;
  event.reason = reason;
  event.message = message;
  event.component = component;
  try {
    client.record(event);
  } catch (const api::ApiError&) {
    // Best effort, as in Kubernetes: an event that cannot be kept changes nothing.
  }
}

}  // namespace

Json object_reference(const Json& object) {
  return {{"kind", text_at(object, {"kind"})},
          {"namespace", text_at(object, {"metadata", "namespace"})},
          {"name", name_of(object)},
          {"uid", uid_of(object)},
          {"apiVersion", text_at(object, {"apiVersion"})},
          {"resourceVersion", text_at(object, {"metadata", "resourceVersion"})}};
}

void record_normal(api::Client& client, const Json& object, const char* component,
                   const char* reason, const std::string& message) {
  record(client, object, component, "Normal", reason, message);
}

void record_warning(api::Client& client, const Json& object, const char* component,
                    const char* reason, const std::string& message) {
  record(client, object, component, "Warning", reason, message);
}

}  // namespace podrun::controllers
