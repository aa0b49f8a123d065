#include "supervisor/client/event_rows.h"

#include "base/duration.h"
#include "base/error.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/visible_text.h"

namespace podrun::client {
namespace {

std::string age(const std::string& time, WallTime now) {
  if (time.empty()) return "<unknown>";
  try {
    return human_duration(now - parse_rfc3339(time));
  } catch (const BadInput&) {
    return "<unknown>";
  }
}

/// The first of the fields that is set.
std::string first_text(const Json& event, std::initializer_list<const char*> paths) {
  for (const char* path : paths) {
    if (std::string text = api::text_at(event, path); !text.empty()) return text;
  }
  return "";
}

std::string seen_text(const Json& event, WallTime now) {
  std::string last = age(last_seen(event), now);
  const std::int64_t count = api::int_at(event, "series.count", api::int_at(event, "count"));
  if (count <= 1) return last;
  const std::string first = first_text(event, {"firstTimestamp", "eventTime"});
  return last + " (x" + std::to_string(count) + " over " + age(first, now) + ")";
}

}  // namespace

std::string last_seen(const Json& event) {
  return first_text(event, {"series.lastObservedTime", "lastTimestamp", "eventTime",
                            "firstTimestamp", "metadata.creationTimestamp"});
}

Row event_titles(bool with_namespace) {
  Row row{"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"};
  if (with_namespace) row.insert(row.begin(), "NAMESPACE");
  return row;
}

Row event_row(const Json& event, bool with_namespace, WallTime now) {
  std::string message = api::text_at(event, "message");
  while (message.ends_with('\n')) message.pop_back();
  Row row{
      seen_text(event, now), api::text_at(event, "type"), api::text_at(event, "reason"),
      api::text_at(event, "involvedObject.kind") + "/" + api::text_at(event, "involvedObject.name"),
      visible_text(message)};
  if (with_namespace) row.insert(row.begin(), api::text_at(event, "metadata.namespace"));
  return row;
}

}  // namespace podrun::client
