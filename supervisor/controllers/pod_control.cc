#include "supervisor/controllers/pod_control.h"

#include <exception>

#include "supervisor/controllers/events.h"
#include "supervisor/controllers/replicas.h"

namespace podrun::controllers {
namespace {

constexpr int kConflict = 409;

}  // namespace

bool is_namespace_ending(const api::Client& client, const std::string& name) {
  const store::Object* object = client.get({"namespaces", "", name});
  return object != nullptr && is_being_deleted(*object->json);
}

void create_pods(api::Client& client, const Json& controller, const char* component,
                 std::size_t count, const std::function<Json(std::size_t)>& pod_at) {
  const std::string& space = text_at(controller, {"metadata", "namespace"});
  if (is_namespace_ending(client, space)) return;
  std::size_t next = 0;
  for (const std::int64_t batch : slow_start_batches(static_cast<std::int64_t>(count))) {
    std::exception_ptr first;
    for (std::int64_t i = 0; i < batch; ++i) {
      try {
        const store::Object created = client.create("pods", space, pod_at(next++));
        record_normal(client, controller, component, "SuccessfulCreate",
                      "Created pod: " + created.key.name);
      } catch (const api::ApiError& error) {
        record_warning(client, controller, component, "FailedCreate",
                       std::string("Error creating: ") + error.what());
        if (!first) first = std::current_exception();
      }
    }
    if (first) std::rethrow_exception(first);
  }
}

void delete_pods(api::Client& client, const Json& controller, const char* component,
                 const std::vector<store::Object>& pods) {
  std::exception_ptr first;
  for (const store::Object& pod : pods) {
    api::DeleteOptions options;
    options.uid = uid_of(*pod.json);
    options.resource_version = text_at(*pod.json, {"metadata", "resourceVersion"});
    try {
      if (unless_gone([&] { client.remove(pod.key, options); })) {
        record_normal(client, controller, component, "SuccessfulDelete",
                      "Deleted pod: " + pod.key.name);
      }
    } catch (const api::ApiError& error) {
      if (error.code() != kConflict) {
        record_warning(client, controller, component, "FailedDelete",
                       std::string("Error deleting: ") + error.what());
      }
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

void replace_owners(api::Client& client, const store::Object& object, Json changed) {
  unless_gone([&] { client.update(object.key, std::move(changed)); });
}

}  // namespace podrun::controllers
