// The objects that the description of another one shows, or counts.
#pragma once

#include <string>
#include <vector>

#include "supervisor/api/json_path.h"

namespace podrun::client {

using api::Json;

enum class Relation {
  kEvents,
  kPods,
  kReplicaSets,
  kLease,
  kEndpointSlices,
  kQuotas,
  kLimitRanges,
};

/// A GET of the API.
struct Query {
  Relation relation;
  std::string group_version;  // "v1", "apps/v1"
  std::string resource;       // "pods"
  std::string in_namespace;   // empty: of all namespaces, or of none
  std::string name;           // empty: a list
  std::string label_selector, field_selector;

  bool operator==(const Query&) const = default;
};

/// What the queries gave. Lists are arrays of objects; null is what was not asked for, could not be
/// had, or (quotas, limit ranges) is not served.
struct Related {
  Json events, pods, replica_sets, lease, endpoint_slices, quotas, limit_ranges;
  std::string pods_error, lease_error;  // the API's message

  /// An answer: a list, or one object. Items of a second list of the same relation are added.
  void put(Relation relation, const Json& answer);
  /// A refusal.
  void put_error(Relation relation, const std::string& message);
};

/// What to fetch for the description of `object`, which has apiVersion and kind. Without
/// `with_events` the description has no section of events (`--show-events=false`). Throws BadInput
/// for a selector that is none.
std::vector<Query> queries_for(const Json& object, bool with_events = true);

}  // namespace podrun::client
