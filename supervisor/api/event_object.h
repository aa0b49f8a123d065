// An EventRecord as the Event object that tells it, counted.
#pragma once

#include <optional>

#include "supervisor/api/client.h"
#include "supervisor/pod/events.h"

namespace podrun::api {

struct EventObject {
  store::ObjectKey key;
  store::Json object;  // metadata has no uid; of one that is there already, the count has risen
};

/// Nothing where the recorder's rate limit swallows it.
std::optional<EventObject> event_object(pod::EventRecorder& recorder, const EventRecord& record,
                                        WallTime now);

}  // namespace podrun::api
