// What changes in the daemon's objects, as it changes.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "supervisor/client/api.h"

namespace podrun::client {

struct WatchRequest {
  std::string path;  // of a collection
  std::vector<std::pair<std::string, std::string>> query;
  std::string version;  // from this resourceVersion on
  std::string_view accept = kJson;
  std::optional<Moment> deadline;
  bool goes_on = true;  // in another request, where --request-timeout ends this one
};

/// Tells `on_event(type, object)` of each change ("ADDED", "MODIFIED", "DELETED") until it returns
/// false. A watch that the server ends goes on where it was. Throws Refused where the server tells
/// an error, TimedOut at the deadline.
void watch(const Api& api, WatchRequest request,
           const std::function<bool(const std::string& type, const Json& object)>& on_event);

}  // namespace podrun::client
