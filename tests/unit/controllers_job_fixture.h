// A Job in a world of its own, and what ends its pods.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "controllers_world.h"

namespace podrun::controllers {

class Jobs : public testing::Test {
 protected:
  Jobs() { world.settle(); }

  static Json make_job(const Json& spec) {
    const Json labels = {{"app", "pi"}};
    Json job = {{"apiVersion", "batch/v1"},
                {"kind", "Job"},
                {"metadata", {{"name", "pi"}}},
                {"spec",
                 {{"parallelism", 1},
                  {"backoffLimit", 6},
                  {"completionMode", "NonIndexed"},
                  {"selector", {{"matchLabels", labels}}},
                  {"template",
                   {{"metadata", {{"labels", labels}}},
                    {"spec",
                     {{"restartPolicy", "Never"},
                      {"containers", Json::array({{{"name", "c"}, {"image", "x"}}})}}}}}}}};
    for (const auto& [field, value] : spec.items()) job["spec"][field] = value;
    return job;
  }
  void create(const Json& spec) {
    world.api.create(kJobs, "default", make_job(spec));
    world.settle();
  }
  void edit(const std::function<void(Json&)>& change) {
    world.api.edit(key, change);
    world.settle();
  }
  const Json& job() const { return world.api.json(key); }
  std::int64_t status(const char* field) const { return number_at(job(), {"status", field}); }
  /// "Complete CompletionsReached" …, of those that hold.
  std::string conditions() const {
    std::string text;
    const Json* all = find(job(), {"status", "conditions"});
    if (all == nullptr) return text;
    for (const Json& each : *all) {
      if (text_at(each, {"status"}) != "True") continue;
      text +=
          (text.empty() ? "" : ", ") + text_at(each, {"type"}) + " " + text_at(each, {"reason"});
    }
    return text;
  }
  std::vector<store::Object> active() const { return active_of(world.api.list("pods", "default")); }
  void end_pod(const std::string& name, const char* phase, int code = 0) {
    world.api.edit(test::pod_key(name), [&](Json& pod) {
      pod["status"]["phase"] = phase;
      pod["status"]["containerStatuses"] =
          Json::array({{{"name", "c"},
                        {"state",
                         {{"terminated",
                           {{"exitCode", code}, {"finishedAt", rfc3339(world.clock.wall())}}}}}}});
    });
  }
  void end_one(const char* phase, int code = 0) {
    ASSERT_FALSE(active().empty());
    end_pod(active().front().key.name, phase, code);
    world.settle();
  }
  void end_index(const std::string& index, const char* phase, int code = 0) {
    for (const store::Object& pod : active()) {
      if (annotation_of(*pod.json, "batch.kubernetes.io/job-completion-index") != index) continue;
      end_pod(pod.key.name, phase, code);
      world.settle();
      return;
    }
    FAIL() << "no active pod of index " << index;
  }
  void pass(Seconds by) {
    world.clock.advance(by);
    world.settle();
  }
  void confirm_deletions() {
    for (const store::Object& pod : world.api.list("pods")) {
      if (is_being_deleted(*pod.json)) world.api.confirm_deletion(pod.key);
    }
    world.settle();
  }
  bool has_event(const std::string& text) const {
    const auto& all = world.api.events;
    return std::find(all.begin(), all.end(), text) != all.end();
  }

  test::World world;
  const store::ObjectKey key{kJobs, "default", "pi"};
};

}  // namespace podrun::controllers
