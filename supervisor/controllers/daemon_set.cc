#include "supervisor/controllers/daemon_set.h"

#include <algorithm>
#include <set>

#include "supervisor/controllers/pod_state.h"
#include "supervisor/controllers/share.h"

namespace podrun::controllers {
namespace {

// controller.failedPodsBackoff.
constexpr Seconds kLongestWait{15 * 60};

Seconds min_ready(const Json& set) { return Seconds(number_at(set, {"spec", "minReadySeconds"})); }

bool is_available(const Json& set, const Json& pod, WallTime now) {
  const std::optional<WallTime> since = available_at(pod, min_ready(set));
  return since && *since <= now;
}

bool is_current(const Json& pod, const std::string& hash) {
  return text_at(pod, {"metadata", "labels", kRevisionHashLabel}) == hash;
}

const std::string& phase_of(const Json& pod) { return text_at(pod, {"status", "phase"}); }

bool is_bound(const Json& pod) { return !text_at(pod, {"spec", "nodeName"}).empty(); }

/// On a node first, then the oldest.
bool goes_before(const store::Object& a, const store::Object& b) {
  const bool first = is_bound(*a.json);
  const bool second = is_bound(*b.json);
  if (first != second) return first;
  const std::string& born = text_at(*a.json, {"metadata", "creationTimestamp"});
  const std::string& other = text_at(*b.json, {"metadata", "creationTimestamp"});
  return born != other ? born < other : a.key.name < b.key.name;
}

using ByNode = std::map<std::string, std::vector<store::Object>>;

/// Without those that have ended and are being deleted: they hold nothing up.
ByNode by_node(const std::vector<store::Object>& pods) {
  ByNode all;
  for (const store::Object& pod : pods) {
    const bool ended = phase_of(*pod.json) == "Failed" || phase_of(*pod.json) == "Succeeded";
    if (ended && is_being_deleted(*pod.json)) continue;
    all[target_node(*pod.json)].push_back(pod);
  }
  for (auto& [node, here] : all) std::sort(here.begin(), here.end(), goes_before);
  return all;
}

std::int64_t rolling_share(const Json& set, const char* field, std::int64_t nodes,
                           std::int64_t otherwise) {
  return share_of(find(set, {"spec", "updateStrategy", "rollingUpdate", field}), nodes, true,
                  otherwise);
}

bool allows_surge(const Json& set) {
  return text_at(set, {"spec", "updateStrategy", "type"}) == "RollingUpdate" &&
         rolling_share(set, "maxSurge", 100, 0) > 0;
}

/// Of two pods that surge, the old one goes as soon as it is of no use. Both are sorted in.
void prune_surge(const Json& set, const std::vector<store::Object>& running,
                 const std::string& hash, WallTime now, DaemonPlan& plan) {
  const store::Object* latest = nullptr;
  const store::Object* old = nullptr;
  for (const store::Object& pod : running) {
    const store::Object*& kept = is_current(*pod.json, hash) ? latest : old;
    if (kept == nullptr) {
      kept = &pod;
    } else {
      plan.remove.push_back({pod, "", "", ""});
    }
  }
  if (latest == nullptr || old == nullptr) return;
  if (!is_ready(*old->json) || is_available(set, *latest->json, now)) {
    plan.remove.push_back({*old, "", "", ""});
  }
}

struct NodePods {
  const std::string& node;
  const std::vector<store::Object>& pods;
};

/// Ended ones are put down for deletion; the rest that is not being deleted is returned.
std::vector<store::Object> clear_ended(const Json& set, const NodePods& here,
                                       const FailureBackoff& backoff, WallTime now,
                                       DaemonPlan& plan) {
  std::vector<store::Object> running;
  for (const store::Object& pod : here.pods) {
    if (is_being_deleted(*pod.json)) continue;
    const std::string found = " daemon pod " + pod.key.namespace_ + "/" + pod.key.name +
                              " on node " + here.node + ", will try to ";
    if (phase_of(*pod.json) == "Failed") {
      const auto held = backoff.held_until(backoff_key(set, here.node), now);
      if (held) {
        plan.next = plan.next ? std::min(*plan.next, *held) : *held;
        continue;
      }
      plan.remove.push_back(
          {pod, "FailedDaemonPod", "Found failed" + found + "kill it", here.node});
    } else if (phase_of(*pod.json) == "Succeeded") {
      plan.remove.push_back(
          {pod, "SucceededDaemonPod", "Found succeeded" + found + "delete it", ""});
    } else {
      running.push_back(pod);
    }
  }
  return running;
}

void plan_node(const Json& set, const Json& node, const NodePods& here, const std::string& hash,
               const FailureBackoff& backoff, WallTime now, DaemonPlan& plan) {
  const NodeFit fit = fit_of(set, node);
  if (fit.runs && here.pods.empty()) {
    plan.create.push_back(here.node);
    return;
  }
  if (!fit.keeps) {
    for (const store::Object& pod : here.pods) {
      if (!is_being_deleted(*pod.json)) plan.remove.push_back({pod, "", "", ""});
    }
    return;
  }
  const std::vector<store::Object> running = clear_ended(set, here, backoff, now, plan);
  if (!allows_surge(set)) {
    for (std::size_t i = 1; i < running.size(); ++i)
      plan.remove.push_back({running[i], "", "", ""});
  } else if (running.size() > 1) {
    prune_surge(set, running, hash, now, plan);
  } else if (running.empty() && fit.runs) {
    plan.create.push_back(here.node);
  }
}

/// The pods of a node that are not being deleted.
struct Pair {
  std::string node;
  bool runs = false;  // the node gets a pod
  const store::Object* latest = nullptr;
  const store::Object* old = nullptr;
  bool is_clear = true;  // at most one of each
};

Pair pair_of(Pair pair, const std::vector<store::Object>& pods, const std::string& hash) {
  for (const store::Object& pod : pods) {
    if (is_being_deleted(*pod.json)) continue;
    const store::Object*& place = is_current(*pod.json, hash) ? pair.latest : pair.old;
    if (place != nullptr) pair.is_clear = false;
    place = &pod;
  }
  return pair;
}

/// Old pods go as far as maxUnavailable allows; the nodes without one get theirs from
/// plan_daemons().
DaemonPlan replace_in_place(const Json& set, const std::vector<Pair>& nodes, std::int64_t most,
                            WallTime now) {
  DaemonPlan plan;
  std::int64_t unavailable = 0;
  std::vector<const store::Object*> candidates;
  for (const Pair& pair : nodes) {
    const bool is_one = pair.is_clear && (pair.latest == nullptr) != (pair.old == nullptr);
    const store::Object* pod = pair.latest != nullptr ? pair.latest : pair.old;
    if (!is_one || !is_available(set, *pod->json, now)) {
      ++unavailable;
      if (is_one && pod == pair.old) plan.remove.push_back({*pod, "", "", ""});
    } else if (pod == pair.old) {
      candidates.push_back(pod);
    }
  }
  for (const store::Object* pod : candidates) {
    if (unavailable++ >= most) break;
    plan.remove.push_back({*pod, "", "", ""});
  }
  return plan;
}

/// New pods come beside the old ones, as many as maxSurge allows. Where a node gets no new one, the
/// old one stays as long as the others do not all serve.
DaemonPlan surge(const Json& set, const std::vector<Pair>& nodes, std::int64_t desired,
                 std::int64_t most, WallTime now) {
  DaemonPlan plan;
  std::int64_t surging = 0, available = 0;
  std::vector<std::string> candidates;
  std::vector<const store::Object*> leaving;
  for (const Pair& pair : nodes) {
    const store::Object* first = pair.old != nullptr ? pair.old : pair.latest;
    if (!pair.is_clear) ++surging;
    if (!pair.is_clear || first == nullptr) continue;
    const bool serves = is_available(set, *first->json, now);
    available += serves ? 1 : 0;
    if (pair.old == nullptr) continue;
    if (pair.latest != nullptr) {
      if (is_available(set, *pair.latest->json, now)) {
        plan.remove.push_back({*pair.old, "", "", ""});
      } else {
        ++surging;
      }
    } else if (pair.runs) {
      (serves ? candidates : plan.create).push_back(pair.node);
    } else if (serves) {
      leaving.push_back(pair.old);
    } else {
      plan.remove.push_back({*pair.old, "", "", ""});
    }
  }
  for (const store::Object* pod : leaving) {
    if (available-- <= desired) break;
    plan.remove.push_back({*pod, "", "", ""});
  }
  for (const std::string& name : candidates) {
    if (surging++ >= most) break;
    plan.create.push_back(name);
  }
  return plan;
}

}  // namespace

std::optional<WallTime> FailureBackoff::held_until(const std::string& key, WallTime now) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  const WallTime until = found->second.last + found->second.wait;
  return until > now ? std::optional(until) : std::nullopt;
}

void FailureBackoff::note(const std::string& key, WallTime now) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || now - found->second.last > 2 * kLongestWait) {
    entries_[key] = {Seconds(1), now};
    return;
  }
  found->second.wait = std::min(found->second.wait * 2, kLongestWait);
  found->second.last = now;
}

std::string backoff_key(const Json& set, const std::string& node) {
  return uid_of(set) + "/" + std::to_string(number_at(set, {"metadata", "generation"})) + "/" +
         node;
}

DaemonPlan plan_daemons(const Json& set, const std::vector<store::Object>& nodes,
                        const std::vector<store::Object>& pods, const std::string& hash,
                        const FailureBackoff& backoff, WallTime now) {
  DaemonPlan plan;
  const ByNode all = by_node(pods);
  std::set<std::string> names;
  static const std::vector<store::Object> none;
  for (const store::Object& node : nodes) {
    names.insert(node.key.name);
    const auto here = all.find(node.key.name);
    plan_node(set, *node.json, {node.key.name, here == all.end() ? none : here->second}, hash,
              backoff, now, plan);
  }
  // Pods that wait for a node that is gone; those that ran there are the pod garbage collector's.
  for (const auto& [node, here] : all) {
    if (names.count(node) > 0) continue;
    for (const store::Object& pod : here) {
      if (!is_bound(*pod.json) && !is_being_deleted(*pod.json))
        plan.remove.push_back({pod, "", "", ""});
    }
  }
  return plan;
}

DaemonPlan plan_daemon_rollout(const Json& set, const std::vector<store::Object>& nodes,
                               const std::vector<store::Object>& pods, const std::string& hash,
                               WallTime now) {
  if (text_at(set, {"spec", "updateStrategy", "type"}) != "RollingUpdate") return {};
  const ByNode all = by_node(pods);
  std::vector<Pair> pairs;
  std::int64_t desired = 0;
  static const std::vector<store::Object> none;
  for (const store::Object& node : nodes) {
    const auto here = all.find(node.key.name);
    const bool runs = fit_of(set, *node.json).runs;
    desired += runs ? 1 : 0;
    if (!runs && here == all.end()) continue;
    Pair pair = pair_of({node.key.name, runs}, here == all.end() ? none : here->second, hash);
    // A pod that came before the taint waits for as long as that is there: it holds nothing up.
    if (!runs && pair.latest != nullptr && !is_bound(*pair.latest->json)) {
      pair.latest = nullptr;
      if (pair.old == nullptr) continue;
    }
    pairs.push_back(std::move(pair));
  }
  const std::int64_t extra = rolling_share(set, "maxSurge", desired, 0);
  if (extra > 0) return surge(set, pairs, desired, extra, now);
  std::int64_t most = rolling_share(set, "maxUnavailable", desired, 1);
  // Percentages may round to what could not go on.
  if (desired > 0) most = std::max<std::int64_t>(1, most);
  return replace_in_place(set, pairs, most, now);
}

Json daemon_status(const Json& set, const std::vector<store::Object>& nodes,
                   const std::vector<store::Object>& pods, const std::string& hash, WallTime now) {
  const ByNode all = by_node(pods);
  std::int64_t desired = 0, current = 0, misplaced = 0, ready = 0, updated = 0, available = 0;
  for (const store::Object& node : nodes) {
    const auto here = all.find(node.key.name);
    const bool scheduled = here != all.end();
    if (!fit_of(set, *node.json).runs) {
      misplaced += scheduled ? 1 : 0;
      continue;
    }
    ++desired;
    if (!scheduled) continue;
    ++current;
    const Json& pod = *here->second.front().json;
    ready += is_ready(pod) ? 1 : 0;
    available += is_available(set, pod, now) ? 1 : 0;
    updated += is_current(pod, hash) ? 1 : 0;
  }
  Json status = {{"currentNumberScheduled", current},
                 {"desiredNumberScheduled", desired},
                 {"numberMisscheduled", misplaced},
                 {"numberReady", ready}};
  const auto put = [&](const char* name, std::int64_t value) {
    if (value != 0) status[name] = value;
  };
  put("numberAvailable", available);
  put("numberUnavailable", desired - available);
  put("observedGeneration", number_at(set, {"metadata", "generation"}));
  put("updatedNumberScheduled", updated);
  for (const char* kept : {"collisionCount", "conditions"}) {
    if (const Json* present = find(set, {"status", kept})) status[kept] = *present;
  }
  return status;
}

}  // namespace podrun::controllers
