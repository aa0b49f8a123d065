#include "supervisor/controllers/rollout.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace podrun::controllers {
namespace {

std::int64_t available(const Json& set) { return number_at(set, {"status", "availableReplicas"}); }

std::int64_t annotated(const Json& set, const char* name) {
  const std::string& text = annotation_of(set, name);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::vector<store::Object> with_replicas(std::vector<store::Object> sets) {
  std::erase_if(sets, [](const store::Object& set) { return replicas_of(*set.json) == 0; });
  return sets;
}

std::int64_t sum_of(const std::vector<store::Object>& sets, std::int64_t (*count)(const Json&)) {
  std::int64_t sum = 0;
  for (const store::Object& each : sets) sum += count(*each.json);
  return sum;
}

/// All of the Deployment's pods are the new set's, and available.
bool is_saturated(const Json& deployment, const ReplicaSets& sets) {
  if (!sets.latest) return false;
  const Json& set = *sets.latest->json;
  const std::int64_t wanted = replicas_of(deployment);
  return replicas_of(set) == wanted && available(set) == wanted &&
         annotated(set, kDesiredReplicas) == wanted;
}

/// By how much a set grows when the Deployment grows to `most` pods in all.
std::int64_t share_of_growth(const Json& deployment, const Json& set, std::int64_t most) {
  if (replicas_of(deployment) == 0) return -replicas_of(set);
  std::int64_t before = annotated(set, kMaxReplicas);
  if (before == 0) before = number_at(deployment, {"status", "replicas"});
  if (before == 0) return 0;
  const double size = static_cast<double>(replicas_of(set) * most) / static_cast<double>(before);
  return std::llround(size) - replicas_of(set);
}

/// No size changes, but what the sizes were made for is noted.
ScaleSteps keep_sizes(const std::vector<store::Object>& sets) {
  ScaleSteps steps;
  for (const store::Object& set : sets) steps.push_back({set, replicas_of(*set.json)});
  return steps;
}

ScaleSteps plan_proportions(const Json& deployment, const ReplicaSets& sets) {
  std::vector<store::Object> active = with_replicas(sets.all());
  const std::int64_t wanted = replicas_of(deployment);
  const std::int64_t most = wanted == 0 ? 0 : wanted + max_surge(deployment);
  const std::int64_t to_add = most - sum_of(active, replicas_of);
  // Larger ones first; of equal ones the newer first to grow, the older first to shrink.
  if (to_add > 0) std::reverse(active.begin(), active.end());
  std::stable_sort(active.begin(), active.end(), [](const auto& a, const auto& b) {
    return replicas_of(*a.json) > replicas_of(*b.json);
  });
  ScaleSteps steps;
  std::int64_t added = 0;
  for (const store::Object& set : active) {
    const std::int64_t left = to_add - added;
    std::int64_t share = 0;
    if (to_add != 0 && left != 0) {
      const std::int64_t fair = share_of_growth(deployment, *set.json, most);
      share = to_add > 0 ? std::min(fair, left) : std::max(fair, left);
    }
    added += share;
    steps.push_back({set, replicas_of(*set.json) + share});
  }
  if (!steps.empty()) {
    steps[0].replicas = std::max<std::int64_t>(0, steps[0].replicas + to_add - added);
  }
  return steps;
}

/// Shrinks old sets by at most `budget` in all: first by pods that are not available, which cost
/// nothing, then by what availability allows.
ScaleSteps shrink_old(const ReplicaSets& sets, std::int64_t budget, std::int64_t spare) {
  std::vector<std::int64_t> sizes;
  for (const store::Object& set : sets.old) {
    const std::int64_t size = replicas_of(*set.json);
    const std::int64_t cut =
        std::clamp<std::int64_t>(std::min(budget, size - available(*set.json)), 0, size);
    budget -= cut;
    sizes.push_back(size - cut);
  }
  for (std::int64_t& size : sizes) {
    const std::int64_t cut = std::clamp<std::int64_t>(spare, 0, size);
    spare -= cut;
    size -= cut;
  }
  ScaleSteps steps;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] != replicas_of(*sets.old[i].json)) steps.push_back({sets.old[i], sizes[i]});
  }
  return steps;
}

}  // namespace

bool is_scaling_event(const Json& deployment, const ReplicaSets& sets) {
  for (const store::Object& set : with_replicas(sets.all())) {
    if (annotation_of(*set.json, kDesiredReplicas).empty()) continue;
    if (annotated(*set.json, kDesiredReplicas) != replicas_of(deployment)) return true;
  }
  return false;
}

ScaleSteps plan_scaling(const Json& deployment, const ReplicaSets& sets) {
  const std::vector<store::Object> active = with_replicas(sets.all());
  if (active.size() <= 1) {
    std::optional<store::Object> only = sets.latest;
    if (!active.empty()) only = active.front();
    if (!only && !sets.old.empty()) only = sets.old.back();
    if (!only) return {};
    return {{*only, replicas_of(deployment)}};
  }
  if (is_saturated(deployment, sets)) return plan_stop_old(sets);
  if (!is_rolling(deployment)) return keep_sizes(active);
  return plan_proportions(deployment, sets);
}

std::int64_t next_size_of_latest(const Json& deployment, const ReplicaSets& sets) {
  const std::int64_t wanted = replicas_of(deployment);
  const std::int64_t present = sets.latest ? replicas_of(*sets.latest->json) : 0;
  if (present >= wanted || !is_rolling(deployment)) return wanted;
  const std::int64_t room = wanted + max_surge(deployment) - sum_of(sets.all(), replicas_of);
  return present + std::clamp<std::int64_t>(room, 0, wanted - present);
}

ScaleSteps plan_rolling(const Json& deployment, const ReplicaSets& sets) {
  const Json& latest = *sets.latest->json;
  const std::int64_t next = next_size_of_latest(deployment, sets);
  if (next != replicas_of(latest)) return {{*sets.latest, next}};
  if (sum_of(sets.old, replicas_of) == 0) return {};
  const std::int64_t least = replicas_of(deployment) - max_unavailable(deployment);
  const std::int64_t coming = replicas_of(latest) - available(latest);
  const std::int64_t budget = sum_of(sets.all(), replicas_of) - least - coming;
  if (budget <= 0) return {};
  return shrink_old(sets, budget, sum_of(sets.all(), available) - least);
}

ScaleSteps plan_stop_old(const ReplicaSets& sets) {
  ScaleSteps steps;
  for (const store::Object& set : with_replicas(sets.old)) steps.push_back({set, 0});
  return steps;
}

}  // namespace podrun::controllers
