// Events of one object: equal ones are counted, similar ones are combined, a flood is cut.
// kubelet's EventCorrelator, pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/lru.h"

namespace podrun::pod {

enum class EventType { kNormal, kWarning };

struct Event {
  std::string object;      // "Pod/kubia-liveness-pod"
  std::string uid;         // of the object, where others of its name are told of, too
  std::string field_path;  // "spec.containers{kubia}", or empty for the pod itself
  EventType type = EventType::kNormal;
  std::string reason, message;
  std::string source = "kubelet";  // reporting component
  std::uint64_t count = 1;
  WallTime first_seen, last_seen;
  std::string name;  // metadata.name, given by the recorder: "kubia-liveness-pod.187a…"
};

/// "spec.containers{kubia}" or "spec.initContainers{migrate}".
std::string container_field_path(const std::string& container, bool init = false);

/// The figures of client-go's EventCorrelator, and of the API server's event TTL.
struct EventFigures {
  std::size_t similar = 10;     // the tenth that differs only in message is combined …
  Seconds similar_within{600};  // … unless nothing similar came for longer than this
  int burst = 25;               // per source and object
  Seconds refill{300};          // one more each
  Seconds lifetime{3600};
  std::size_t remembered = 512;  // counted events that are kept to be counted on
  std::size_t groups = 4096;     // sources and objects that are remembered (client-go's caches)
};

/// Takes raw events and says what is to be recorded.
class EventRecorder {
 public:
  explicit EventRecorder(EventFigures figures = {})
      : figures_(figures),
        events_(figures.remembered),
        aggregates_(figures.groups),
        buckets_(figures.groups) {}
  /// The event as it now stands (count raised, message combined); nothing when the rate limit
  /// swallowed it: 25 at once per source and object, then one each 5 minutes. Those that are
  /// swallowed are counted all the same, in the next one that is not. More similar ones (differing
  /// only in message) within 10 minutes become "(combined from similar events): …".
  std::optional<Event> record(Event event, WallTime now);
  /// All events that are younger than one hour, oldest first seen first.
  std::vector<Event> list(WallTime now) const;

 private:
  struct Aggregate {
    std::vector<std::string> messages;
    WallTime last;
  };
  struct Bucket {
    Nanoseconds saved{};  // one event costs `refill`
    WallTime last;
  };
  struct Counted {
    Event event;                    // with everything that came
    std::optional<Event> recorded;  // as it was last passed on
  };
  /// Combines the event where there are too many like it; returns the key under which it counts.
  std::string aggregate(Event& event, WallTime now);
  Counted& count(const std::string& key, Event event, WallTime now);
  bool take_token(const Event& event, WallTime now);
  std::string unique_name(const Event& event, WallTime now);

  EventFigures figures_;
  Lru<Counted> events_;
  Lru<Aggregate> aggregates_;
  Lru<Bucket> buckets_;
  std::int64_t last_name_ = 0;
};

std::string to_string(EventType type);

/// What an Event of core/v1 says beyond the event itself.
struct EventContext {
  std::string namespace_, uid;  // of the object
  std::string host;             // source.host, the node's name
};
/// core/v1 Event, fields in kubectl's order. Times to the second, as Kubernetes keeps them.
nlohmann::ordered_json to_json(const Event& event, const EventContext& context);
/// The reverse; throws BadInput.
Event event_from_json(const nlohmann::ordered_json& json);

/// kubectl describe's Age cell: "12s", "3h58m (x79 over 5h39m)".
std::string event_age(const Event& event, WallTime now);
/// kubectl describe's Events table (two spaces in front, least recently seen first), or
/// "Events:  <none>". Each line ends in '\n'.
std::string describe_events(std::vector<Event> events, WallTime now);

}  // namespace podrun::pod
