// The events of an object.
#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "supervisor/client/describe_parts.h"

namespace podrun::client {
namespace {

/// "3h58m (x79 over 5h39m)", or the age of one that happened once.
std::string interval_of(const Json& event, WallTime now) {
  std::string first =
      since(event, is_set(event, "eventTime") ? "eventTime" : "firstTimestamp", now);
  if (is_set(event, "series")) {
    return since(event, "series.lastObservedTime", now) + " (x" + number_at(event, "series.count") +
           " over " + first + ")";
  }
  if (int_at(event, "count") <= 1) return first;
  return since(event, "lastTimestamp", now) + " (x" + number_at(event, "count") + " over " + first +
         ")";
}

/// With the part of the object that the event is about, a container mostly.
std::string message_of(const Json& event) {
  const std::string part = text_at(event, "involvedObject.fieldPath");
  return (part.empty() ? "" : part + ": ") + std::string(trimmed(text_at(event, "message")));
}

WallTime last_seen(const Json& event) try {
  const std::string text = text_at(event, "lastTimestamp");
  return text.empty() ? WallTime::min() : parse_rfc3339(text);
} catch (const BadInput&) {
  return WallTime::min();
}

}  // namespace

void write_events(Sheet& sheet, const Json& events, WallTime now) {
  if (events.is_null()) return;
  if (events.empty()) return sheet.field(0, "Events", "<none>");
  std::vector<const Json*> sorted;
  for (const Json& event : events) sorted.push_back(&event);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Json* a, const Json* b) { return last_seen(*a) < last_seen(*b); });
  sheet.heading(0, "Events");
  sheet.row(1, {"Type", "Reason", "Age", "From", "Message"});
  sheet.row(1, {"----", "------", "----", "----", "-------"});
  for (const Json* event : sorted) {
    const std::string source = text_at(*event, "source.component");
    sheet.row(1, {text_at(*event, "type"), text_at(*event, "reason"), interval_of(*event, now),
                  or_else(source, text_at(*event, "reportingComponent")), message_of(*event)});
  }
}

}  // namespace podrun::client
