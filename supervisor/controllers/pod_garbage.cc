#include "supervisor/controllers/pod_garbage.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "supervisor/api/api_error.h"
#include "supervisor/manifest/pod_condition.h"

namespace podrun::controllers {
namespace {

// podgc's figures.
constexpr Seconds kEvery{20};
constexpr Seconds kQuarantine{40};
constexpr int kNotFound = 404, kConflict = 409;

bool is_finished(const Json& pod) {
  const std::string& phase = text_at(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

Json with_condition(Json pod, WallTime now) {
  manifest::set_condition(
      pod, manifest::disruption_target("DeletionByPodGC", "PodGC: node no longer exists", now));
  pod["status"]["phase"] = "Failed";
  return pod;
}

}  // namespace

std::vector<store::Object> surplus_finished(const std::vector<store::Object>& pods,
                                            std::size_t most) {
  std::vector<store::Object> finished;
  for (const store::Object& pod : pods) {
    if (is_finished(*pod.json) && !is_being_deleted(*pod.json)) finished.push_back(pod);
  }
  if (most == 0 || finished.size() <= most) return {};
  const auto age = [](const store::Object& pod) {
    return std::tie(text_at(*pod.json, {"metadata", "creationTimestamp"}), pod.key.name);
  };
  std::sort(finished.begin(), finished.end(),
            [&](const store::Object& a, const store::Object& b) { return age(a) < age(b); });
  finished.resize(finished.size() - most);
  return finished;
}

std::set<std::string> MissingNodes::look(const std::vector<store::Object>& pods,
                                         const std::set<std::string>& nodes, WallTime now) {
  std::map<std::string, WallTime> since;
  std::set<std::string> gone;
  if (!nodes.empty()) {
    for (const store::Object& pod : pods) {
      const std::string& node = text_at(*pod.json, {"spec", "nodeName"});
      if (node.empty() || nodes.contains(node)) continue;
      const auto known = since_.find(node);
      const WallTime first = known == since_.end() ? now : known->second;
      since[node] = first;
      if (first + kQuarantine <= now) gone.insert(node);
    }
  }
  since_ = std::move(since);
  return gone;
}

WallTime PodGarbage::sync(WallTime now) {
  const std::vector<store::Object> pods = client_.list("pods");
  std::set<std::string> nodes;
  for (const store::Object& node : client_.list("nodes")) nodes.insert(node.key.name);
  const std::set<std::string> gone = missing_.look(pods, nodes, now);
  for (const store::Object& pod : pods) {
    const std::string& node = text_at(*pod.json, {"spec", "nodeName"});
    if (gone.contains(node)) {
      fail_and_remove(pod, now);
    } else if (node.empty() && is_being_deleted(*pod.json)) {
      remove(pod);
    }
  }
  for (const store::Object& pod : surplus_finished(pods, most_finished_)) remove(pod);
  return now + kEvery;
}

/// At once: no node confirms it. One that is gone, or another by now, is no failure.
void PodGarbage::remove(const store::Object& pod) {
  api::DeleteOptions options;
  options.grace_period_seconds = 0;
  options.uid = uid_of(*pod.json);
  try {
    client_.remove(pod.key, options);
  } catch (const api::ApiError& error) {
    if (error.code() != kNotFound && error.code() != kConflict) throw;
  }
}

void PodGarbage::fail_and_remove(const store::Object& pod, WallTime now) {
  if (!is_finished(*pod.json)) {
    try {
      client_.update_status(pod.key, with_condition(*pod.json, now));
    } catch (const api::ApiError& error) {
      if (error.code() != kNotFound && error.code() != kConflict) throw;
      return;  // the next look sees what it is now
    }
  }
  remove(pod);
}

}  // namespace podrun::controllers
