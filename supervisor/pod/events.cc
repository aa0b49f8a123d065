#include "supervisor/pod/events.h"

#include <algorithm>

namespace podrun::pod {
namespace {

/// Parts joined so that different parts never give one key.
template <typename... Parts>
std::string key_of(const Parts&... parts) {
  std::string key;
  ((key.append(parts), key.push_back('\0')), ...);
  return key;
}

std::string hexadecimal(std::uint64_t value) {
  std::string text;
  for (; value != 0 || text.empty(); value >>= 4) text.push_back("0123456789abcdef"[value & 15]);
  std::reverse(text.begin(), text.end());
  return text;
}

}  // namespace

std::string to_string(EventType type) { return type == EventType::kWarning ? "Warning" : "Normal"; }

std::string container_field_path(const std::string& container, bool init) {
  return (init ? "spec.initContainers{" : "spec.containers{") + container + "}";
}

std::optional<Event> EventRecorder::record(Event event, WallTime now) {
  const std::string key = aggregate(event, now);
  Counted& counted = count(key, std::move(event), now);
  if (!take_token(counted.event, now)) return std::nullopt;
  counted.recorded = counted.event;
  return counted.recorded;
}

std::vector<Event> EventRecorder::list(WallTime now) const {
  std::vector<Event> young;
  for (const auto& [key, counted] : events_) {
    if (counted.recorded && now - counted.recorded->last_seen < figures_.lifetime) {
      young.push_back(*counted.recorded);
    }
  }
  std::stable_sort(young.begin(), young.end(),
                   [](const Event& a, const Event& b) { return a.first_seen < b.first_seen; });
  return young;
}

std::string EventRecorder::aggregate(Event& event, WallTime now) {
  std::string similar =
      key_of(event.source, event.object, event.uid, to_string(event.type), event.reason);
  auto [group, fresh] = aggregates_.use(similar);
  if (!fresh && now - group.last > figures_.similar_within) group.messages.clear();
  group.last = now;
  const auto known = std::find(group.messages.begin(), group.messages.end(), event.message);
  if (known == group.messages.end()) {
    // The set never grows to `similar`: what would fill it is combined instead.
    if (group.messages.size() + 1 >= figures_.similar) {
      event.message = "(combined from similar events): " + event.message;
      return similar;
    }
    group.messages.push_back(event.message);
  }
  return key_of(event.source, event.object, event.uid, to_string(event.type), event.reason,
                event.field_path, event.message);
}

EventRecorder::Counted& EventRecorder::count(const std::string& key, Event event, WallTime now) {
  event.last_seen = now;
  auto [counted, fresh] = events_.use(key);
  event.count = fresh ? 1 : counted.event.count + 1;
  event.first_seen = fresh ? now : counted.event.first_seen;
  event.name = fresh ? unique_name(event, now) : counted.event.name;
  counted.event = std::move(event);
  return counted;
}

bool EventRecorder::take_token(const Event& event, WallTime now) {
  const Nanoseconds price = figures_.refill;
  const Nanoseconds full = price * figures_.burst;
  auto [bucket, fresh] = buckets_.use(key_of(event.source, event.object, event.uid));
  if (fresh) bucket = {full, now};
  // The wall clock may be set back; nothing is saved then, and nothing lost.
  const Nanoseconds passed = std::max(Nanoseconds(now - bucket.last), Nanoseconds(0));
  bucket.saved = std::min(full, bucket.saved + std::min(passed, full));
  bucket.last = now;
  if (bucket.saved < price) return false;
  bucket.saved -= price;
  return true;
}

std::string EventRecorder::unique_name(const Event& event, WallTime now) {
  last_name_ = std::max<std::int64_t>(last_name_ + 1, now.time_since_epoch().count());
  return event.object.substr(event.object.find('/') + 1) + "." +
         hexadecimal(static_cast<std::uint64_t>(last_name_));
}

}  // namespace podrun::pod
