// The node's reading of Pod objects of the API, and what it writes into them. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "supervisor/node/plan.h"
#include "supervisor/store/object.h"

namespace podrun::node {

using Json = store::Json;

/// The text of a field, or "" where it is absent or no text.
std::string text_at(const Json& object, const char* section, const char* field);
inline std::string uid_of(const Json& pod) { return text_at(pod, "metadata", "uid"); }

/// `pod` null: absent.
ApiView view_of(const Json* pod, const std::string& node_name);

/// Phase Succeeded or Failed.
bool is_final(const Json& status);
/// A pod of which nothing is left on the machine, with the phase Failed where it never came to a
/// last one and finalizers hold the object: their owners look for one, as kubelet promises.
std::optional<Json> with_last_phase(const Json& pod);
/// Whether a pod with this status has ended for good. One that always restarts has not, however its
/// supervisor came to an end, unless a deadline ended it.
bool has_ended(const Json& status, const Json& pod);

/// The status that the API is to show: what the supervisor wrote, the machine's address, and of the
/// present one what others wrote there (conditions of other types, PodScheduled's time).
Json merged_status(const Json& present, const Json& from_supervisor, const std::string& host_ip);

/// That of a pod which the node does not begin.
Json rejected_status(const Json& present, const std::string& reason, const std::string& message,
                     WallTime now);

/// core/v1 ObjectReference to a pod, for events.
Json reference_to(const Json& pod);

}  // namespace podrun::node
