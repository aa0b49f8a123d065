// The Node and its Lease as a kubelet registers them. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/clock.h"
#include "supervisor/node/host.h"
#include "supervisor/store/object.h"

namespace podrun::node {

using Json = store::Json;

/// kubelet's node-status-max-images aside: how many pods a node takes (--max-pods).
inline constexpr int kMaxPods = 110;
/// A kubelet's Lease is of 40 s, and renewed four times within them. Who takes a node for lost
/// sooner hears of it more often.
inline constexpr Seconds kLeaseRenewal{10};
constexpr Seconds lease_duration(Seconds renewal) { return 4 * renewal; }
/// Leases are of whole seconds: below this, a node that is well would be lost between two renewals.
inline constexpr Seconds kShortestGrace{4};
constexpr Seconds lease_renewal(Seconds node_grace) {
  return std::clamp(node_grace / 4, kShortestGrace / 4, kLeaseRenewal);
}
/// nodeStatusReportFrequency: how often an unchanged status is written all the same.
inline constexpr Seconds kStatusReport{300};

/// A new Node without status.
Json node_object(const HostFacts& host);
/// Sets the labels that a kubelet owns on a Node that is there; true where one changed.
bool set_node_labels(Json& node, const HostFacts& host);
/// The whole status; conditions of `present` that have not changed keep their transition times, and
/// those of other types stay.
Json node_status(const Json& present, const HostFacts& host, const std::string& version,
                 const Pressure& pressure, WallTime now);
/// Condition Ready is there and not True.
bool is_given_up(const Json& status);
/// What a kubelet tells of a status that has changed: "NodeReady", "NodeHasDiskPressure".
std::vector<std::string> status_news(const Json& before, const Json& after);
/// Equal but for heartbeat times.
bool same_status(const Json& one, const Json& other);

Json lease_object(const std::string& node_name, const std::string& node_uid, WallTime now,
                  Seconds renewal = kLeaseRenewal);
/// "2026-11-23T10:00:00.123456Z": metav1.MicroTime.
std::string micro_time(WallTime time);

}  // namespace podrun::node
