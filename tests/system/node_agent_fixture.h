// A node agent with real pods, on an API that is a map, for tests of what it does.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "supervisor/node/agent.h"
#include "supervisor/pod/cleanup.h"
#include "tests/support/fake_api.h"
#include "tests/support/leaks.h"
#include "tests/support/pod_run.h"
#include "tests/support/poll_reactor.h"

namespace podrun::test {

using Json = store::Json;

/// A machine with images, an API, and an agent that may go and come back.
class NodeAgentTest : public ::testing::Test {
 protected:
  NodeAgentTest() : home_({"busybox"}) {
    api_.on_pod = [this](const store::ObjectKey& key) {
      if (agent_) agent_->pod_changed(key.namespace_, key.name);
    };
    begin();
    create("warm-up", "exit 0", "Never");  // makes the folders that stay
    EXPECT_TRUE(until_phase("warm-up", "Succeeded")) << api_.pod("warm-up").dump(2);
    remove_and_wait("warm-up");
    end();
    before_ = Leaks::take(scope());
    begin();
  }

  void TearDown() override {
    if (!agent_) begin();
    for (const store::Object& pod : api_.list("pods")) remove_and_wait(pod.key.name, 0);
    agent_.reset();
    EXPECT_EQ(leaked_since(before_, scope()), "");
  }

  void begin() {
    node::AgentOptions options;
    options.roots = roots();
    options.program = built_binary("podrun-pod");
    options.version = "1.0.0";
    options.issue_token = issue_token_;
    options.log = [this](const std::string& text) { log_ += text + "\n"; };
    agent_ = std::make_unique<node::NodeAgent>(options, api_, reactor_, clock_);
    agent_->start();
  }
  void end() { agent_.reset(); }

  pod::Roots roots() const { return {home_.data(), home_.run(), home_.logs()}; }
  LeakScope scope() const {
    return {home_.dir().name(),
            {home_.run(), home_.data() + "/snapshots", home_.data() + "/pods", home_.logs()},
            0};
  }

  std::string create(const std::string& name, const std::string& script,
                     const std::string& policy = "Always", int grace = 30,
                     const Json& more = Json::object()) {
    Json container = {{"name", "main"},
                      {"image", "busybox"},
                      {"imagePullPolicy", "Never"},
                      {"command", {"sh", "-c", script}}};
    container.update(more);
    Json pod = {{"apiVersion", "v1"},
                {"kind", "Pod"},
                {"metadata", {{"name", name}}},
                {"spec",
                 {{"nodeName", agent_->node_name()},
                  {"containers", Json::array({std::move(container)})},
                  {"restartPolicy", policy},
                  {"terminationGracePeriodSeconds", grace}}}};
    return (*api_.create("pods", "default", std::move(pod)).json)["metadata"]["uid"];
  }
  bool until(const std::function<bool()>& condition) { return reactor_.run_until(condition); }
  bool until_phase(const std::string& name, const std::string& phase) {
    return until([&] { return status(name).value("phase", "") == phase; });
  }
  Json status(const std::string& name) const {
    const Json pod = api_.pod(name);
    return pod.is_null() ? Json::object() : pod["status"];
  }
  Json container(const std::string& name) const {
    const Json all = status(name).value("containerStatuses", Json::array());
    return all.empty() ? Json::object() : all[0];
  }
  bool until_gone(const std::string& name) {
    return until([&] { return api_.pod(name).is_null(); });
  }
  void remove(const std::string& name, int grace = 30) {
    api::DeleteOptions options;
    options.grace_period_seconds = grace;
    api_.remove({"pods", "default", name}, options);
  }
  void remove_and_wait(const std::string& name, int grace = 1) {
    remove(name, grace);
    EXPECT_TRUE(until_gone(name)) << api_.pod(name).dump(2) << log_;
    // A forced deletion is told before it is carried out.
    EXPECT_TRUE(until([&] { return pod::pods_in(roots()).empty() || grace > 0; })) << log_;
  }
  std::string folder(const std::string& uid) const { return home_.run() + "/pods/" + uid; }
  /// Where those processes are in /proc that lie in a cgroup of the container and pass a `test`, a
  /// shell command over the folder $p. Processes may end meanwhile.
  std::string container_processes(const std::string& uid, const std::string& test) const {
    std::string found;
    run_command({"sh", "-c",
                 "exec 2>/dev/null; for f in $(grep -ls 'pod" + uid +
                     "/main[.0-9]*$' /proc/[0-9]*/cgroup); do p=${f%/cgroup}; " + test +
                     " && echo $p; done; true"},
                &found);
    return found;
  }
  /// Of the instance that runs: one that is parked is podrun-pod's own yet.
  std::string first_process(const std::string& uid) const {
    return container_processes(uid,
                               "grep -qE '^NSpid:.*[^0-9]1$' $p/status && "
                               "! readlink $p/exe | grep -q podrun-pod");
  }

  node::IssueToken issue_token_;  // of agents that begin from then on
  PodHome home_;
  FakeApi api_;
  PollReactor reactor_;
  SystemClock clock_;
  std::string log_;
  std::unique_ptr<node::NodeAgent> agent_;
  Leaks before_;
};

inline constexpr const char* kForever =
    "trap \"exit 0\" TERM; echo up; while :; do sleep 0.1; done";

}  // namespace podrun::test
