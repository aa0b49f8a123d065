#include "supervisor/controllers/pod_state.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

namespace podrun::controllers {
namespace {

constexpr const char* kDeletionCost = "controller.kubernetes.io/pod-deletion-cost";

std::int64_t deletion_cost(const Json& pod) {
  const std::string& text = annotation_of(pod, kDeletionCost);
  std::int32_t cost = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cost);
  return error == std::errc() && end == text.data() + text.size() ? cost : 0;
}

std::int64_t phase_rank(const Json& pod) {
  const std::string& phase = text_at(pod, {"status", "phase"});
  if (phase == "Running") return 2;
  return phase == "Unknown" ? 1 : 0;
}

std::int64_t most_restarts(const Json& pod, const char* statuses) {
  std::int64_t most = 0;
  if (const Json* list = find(pod, {"status", statuses})) {
    for (const Json& each : *list) most = std::max(most, number_at(each, {"restartCount"}));
  }
  return most;
}

/// The power of two that an age reaches; one that is not known counts as none.
std::int64_t age_rank(std::optional<WallTime> since, WallTime now) {
  if (!since || *since >= now) return -1;
  return static_cast<std::int64_t>(std::log2(static_cast<double>((now - *since).count())));
}

std::optional<WallTime> ready_since(const Json& pod) {
  const Json* ready = condition_of(pod, "Ready");
  return ready == nullptr ? std::nullopt : time_at(*ready, {"lastTransitionTime"});
}

/// Smaller goes first.
using DeletionRank = std::tuple<bool, std::int64_t, bool, std::int64_t, std::int64_t, std::int64_t,
                                std::int64_t, std::int64_t, std::int64_t, std::string>;

DeletionRank deletion_rank(const Json& pod, const NodeLoad& load, WallTime now) {
  const std::string& node = text_at(pod, {"spec", "nodeName"});
  const auto found = load.find(node);
  const bool ready = is_ready(pod);
  return {!node.empty(),
          phase_rank(pod),
          ready,
          deletion_cost(pod),
          found == load.end() ? 0 : -found->second,
          ready ? age_rank(ready_since(pod), now) : 0,
          -most_restarts(pod, "containerStatuses"),
          -most_restarts(pod, "initContainerStatuses"),
          age_rank(time_at(pod, {"metadata", "creationTimestamp"}), now),
          uid_of(pod)};
}

}  // namespace

bool is_active(const Json& pod) {
  const std::string& phase = text_at(pod, {"status", "phase"});
  return phase != "Succeeded" && phase != "Failed" && !is_being_deleted(pod);
}

std::vector<store::Object> active_of(std::vector<store::Object> pods) {
  std::erase_if(pods, [](const store::Object& pod) { return !is_active(*pod.json); });
  return pods;
}

bool is_ready(const Json& pod) {
  const Json* ready = condition_of(pod, "Ready");
  return ready != nullptr && text_at(*ready, {"status"}) == "True";
}

std::optional<WallTime> available_at(const Json& pod, Seconds min_ready) {
  if (!is_ready(pod)) return std::nullopt;
  const std::optional<WallTime> since = ready_since(pod);
  if (min_ready <= Seconds(0)) return since.value_or(WallTime());
  if (!since) return std::nullopt;
  return *since + min_ready;
}

std::vector<store::Object> pods_to_delete(std::vector<store::Object> pods, std::size_t count,
                                          const NodeLoad& load, WallTime now) {
  std::vector<std::pair<DeletionRank, store::Object>> ranked;
  ranked.reserve(pods.size());
  for (store::Object& each : pods) {
    DeletionRank rank = deletion_rank(*each.json, load, now);
    ranked.emplace_back(std::move(rank), std::move(each));
  }
  std::sort(ranked.begin(), ranked.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<store::Object> chosen;
  for (std::size_t i = 0; i < std::min(count, ranked.size()); ++i) {
    chosen.push_back(std::move(ranked[i].second));
  }
  return chosen;
}

}  // namespace podrun::controllers
