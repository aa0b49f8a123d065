#include "supervisor/client/watch.h"

#include "supervisor/api/json_path.h"

namespace podrun::client {
namespace {

/// A table's is that of its row's object.
std::string version_of(const Json& object) {
  const Json& rows = api::at_path(object, "rows");
  const Json& told = rows.is_array() && !rows.empty() ? api::at_path(rows[0], "object") : object;
  return api::text_at(told, "metadata.resourceVersion");
}

/// Whole lines, until `on_line` returns false, which is returned, or the answer ends.
bool read_lines(Connection& connection, const std::function<bool(std::string_view)>& on_line) {
  std::string text;
  for (std::string part = connection.read_some(); !part.empty(); part = connection.read_some()) {
    text += part;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
      if (!on_line(std::string_view(text).substr(begin, end - begin))) return false;
      begin = end + 1;
    }
    text.erase(0, begin);
  }
  return true;
}

}  // namespace

void watch(const Api& api, WatchRequest request,
           const std::function<bool(const std::string& type, const Json& object)>& on_event) {
  const auto on_line = [&](std::string_view line) {
    const Json event = Json::parse(line, nullptr, false);
    if (!event.is_object()) throw Error("the daemon's watch sent what is no event");
    const std::string type = podrun::api::text_at(event, "type");
    const Json& object = podrun::api::at_path(event, "object");
    if (type == "ERROR") {
      throw Refused(static_cast<int>(podrun::api::int_at(object, "code")), object);
    }
    if (const std::string version = version_of(object); !version.empty()) request.version = version;
    return type == "BOOKMARK" || on_event(type, object);
  };
  while (true) {
    Call call{.path = request.path, .query = request.query};
    call.query.emplace_back("watch", "true");
    if (!request.version.empty()) call.query.emplace_back("resourceVersion", request.version);
    call.headers.emplace_back("Accept", request.accept);
    Connection connection = api.open(call, request.deadline);
    try {
      if (!read_lines(connection, on_line)) return;
    } catch (const RequestTimedOut&) {
      if (!request.goes_on) return;
    }
  }
}

}  // namespace podrun::client
