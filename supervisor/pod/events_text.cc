// Events as core/v1 JSON and as kubectl describe's table.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/duration.h"
#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "supervisor/pod/events.h"

namespace podrun::pod {

using Json = nlohmann::ordered_json;

namespace {}  // namespace

Json to_json(const Event& event, const EventContext& context) {
  const std::size_t slash = event.object.find('/');
  const std::string kind = event.object.substr(0, slash);
  const std::string object_name = slash == std::string::npos ? "" : event.object.substr(slash + 1);
  Json involved;
  involved["apiVersion"] = "v1";
  if (!event.field_path.empty()) involved["fieldPath"] = event.field_path;
  involved["kind"] = kind;
  involved["name"] = object_name;
  involved["namespace"] = context.namespace_;
  involved["uid"] = context.uid;
  Json json;
  json["apiVersion"] = "v1";
  json["count"] = event.count;
  json["eventTime"] = nullptr;
  json["firstTimestamp"] = rfc3339(event.first_seen);
  json["involvedObject"] = std::move(involved);
  json["kind"] = "Event";
  json["lastTimestamp"] = rfc3339(event.last_seen);
  json["message"] = valid_utf8(event.message);
  json["metadata"] = {{"creationTimestamp", rfc3339(event.first_seen)},
                      {"name", event.name},
                      {"namespace", context.namespace_}};
  json["reason"] = event.reason;
  json["reportingComponent"] = event.source;
  json["reportingInstance"] = context.host;
  json["source"] = {{"component", event.source}};
  if (!context.host.empty()) json["source"]["host"] = context.host;
  json["type"] = to_string(event.type);
  return json;
}

Event event_from_json(const Json& json) {
  try {
    const Json& involved = json.at("involvedObject");
    Event event;
    event.object =
        involved.at("kind").get<std::string>() + "/" + involved.at("name").get<std::string>();
    event.field_path = involved.value("fieldPath", "");
    event.type = json.at("type") == "Warning" ? EventType::kWarning : EventType::kNormal;
    event.reason = json.at("reason").get<std::string>();
    event.message = json.at("message").get<std::string>();
    event.source = json.at("source").at("component").get<std::string>();
    event.count = json.at("count").get<std::uint64_t>();
    event.first_seen = parse_rfc3339(json.at("firstTimestamp").get<std::string>());
    event.last_seen = parse_rfc3339(json.at("lastTimestamp").get<std::string>());
    event.name = json.at("metadata").at("name").get<std::string>();
    return event;
  } catch (const nlohmann::json::exception& error) {
    throw BadInput(std::string("not an Event: ") + error.what());
  }
}

std::string event_age(const Event& event, WallTime now) {
  std::string first = human_duration(now - event.first_seen);
  if (event.count <= 1) return first;
  return human_duration(now - event.last_seen) + " (x" + std::to_string(event.count) + " over " +
         first + ")";
}

std::string describe_events(std::vector<Event> events, WallTime now) {
  if (events.empty()) return "Events:  <none>\n";
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.last_seen < b.last_seen; });
  using Row = std::array<std::string, 5>;
  std::vector<Row> rows = {{"Type", "Reason", "Age", "From", "Message"},
                           {"----", "------", "----", "----", "-------"}};
  for (const Event& event : events) {
    rows.push_back({to_string(event.type), event.reason, event_age(event, now), event.source,
                    std::string(trimmed(event.message))});
  }
  std::array<std::size_t, 4> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text = "Events:\n";
  for (const Row& row : rows) {
    text += "  ";
    for (std::size_t i = 0; i < widths.size(); ++i) {
      text += row[i] + std::string(widths[i] + 2 - row[i].size(), ' ');
    }
    text += row.back() + "\n";
  }
  return text;
}

}  // namespace podrun::pod
