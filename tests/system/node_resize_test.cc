// Other resources for pods that run: their cgroups change, and nothing restarts that need not. The
// same program runs on the hybrid host and, on cgroup v2, in the CI VM.
#include <signal.h>

#include <cstdlib>
#include <filesystem>

#include "cgroups/layout.h"
#include "node_agent_fixture.h"

namespace podrun::test {
namespace {

using cgroups::Controller;

Json computing(const std::string& cpu, const std::string& memory) {
  const Json both{{"cpu", cpu}, {"memory", memory}};
  return {{"limits", both}, {"requests", both}};
}

class NodeResize : public NodeAgentTest {
 protected:
  std::string create_with(const std::string& name, const std::string& script, const Json& resources,
                          const Json& policy = nullptr) {
    Json container{{"name", "main"},
                   {"image", "busybox"},
                   {"imagePullPolicy", "Never"},
                   {"command", {"sh", "-c", script}},
                   {"resources", resources}};
    if (!policy.is_null()) container["resizePolicy"] = policy;
    Json pod{{"apiVersion", "v1"},
             {"kind", "Pod"},
             {"metadata", {{"name", name}, {"generation", 1}}},
             {"spec",
              {{"nodeName", agent_->node_name()},
               {"containers", Json::array({container})},
               {"restartPolicy", "Always"},
               {"terminationGracePeriodSeconds", 1}}}};
    return (*api_.create("pods", "default", std::move(pod)).json)["metadata"]["uid"];
  }

  /// As the API's subresource does it.
  void resize(const std::string& name, const Json& resources) {
    Json pod = api_.pod(name);
    pod["spec"]["containers"][0]["resources"] = resources;
    pod["metadata"]["generation"] = pod["metadata"]["generation"].get<int>() + 1;
    api_.update({"pods", "default", name}, pod);
  }

  bool until_ready(const std::string& name) {
    return until([&] { return container(name).value("ready", false); });
  }
  bool until_has(const std::string& name, const Json& resources) {
    return until([&] { return container(name).value("resources", Json()) == resources; });
  }
  Json condition(const std::string& name, const std::string& type) const {
    for (const Json& each : status(name).value("conditions", Json::array())) {
      if (each["type"] == type) return each;
    }
    return nullptr;
  }

  std::string read_knob(const std::string& cgroup, Controller controller, const char* v1,
                        const char* v2) const {
    const auto mount = layout_.v1_mounts.find(controller);
    const std::string path = mount == layout_.v1_mounts.end()
                                 ? layout_.v2_root + "/" + cgroup + "/" + v2
                                 : mount->second + "/" + cgroup + "/" + v1;
    std::string text = read_file(path);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  /// "QUOTA BYTES" of a cgroup: microseconds per 100 ms.
  std::string limits(const std::string& cgroup) const {
    const std::string quota = read_knob(cgroup, Controller::kCpu, "cpu.cfs_quota_us", "cpu.max");
    return quota.substr(0, quota.find(' ')) + " " +
           read_knob(cgroup, Controller::kMemory, "memory.limit_in_bytes", "memory.max");
  }
  static std::string pod_cgroup(const std::string& uid) { return "podrun/pod" + uid; }
  /// Of the container's first process.
  std::string container_limits(const std::string& uid) const {
    std::string process = first_process(uid);
    process = process.substr(0, process.find('\n'));
    const std::string all = read_file_if_exists(process + "/cgroup").value_or("");
    const std::size_t at = all.find("podrun/pod" + uid);
    if (at == std::string::npos) return "no cgroup in " + all;
    return limits(all.substr(at, all.find('\n', at) - at));
  }
  void kill_first(const std::string& uid) const {
    const std::string process = first_process(uid);
    ::kill(std::atoi(process.substr(process.rfind('/') + 1).c_str()), SIGKILL);
  }

  cgroups::Layout layout_ = cgroups::detect_layout();
};

TEST_F(NodeResize, ChangesTheCgroupsOfWhatRuns) {
  const std::string uid = create_with("web", kForever, computing("500m", "64Mi"));
  ASSERT_TRUE(until_ready("web")) << api_.pod("web").dump(2) << log_;
  EXPECT_EQ(container("web")["resources"], computing("500m", "64Mi"));
  EXPECT_EQ(container("web")["allocatedResources"], computing("500m", "64Mi")["requests"]);
  EXPECT_EQ(status("web")["observedGeneration"], 1);
  EXPECT_EQ(container_limits(uid), "50000 67108864");
  EXPECT_EQ(limits(pod_cgroup(uid)), "50000 67108864");
  const std::string running = first_process(uid);

  // One up, the other down; then the other way round.
  resize("web", computing("250m", "96Mi"));
  ASSERT_TRUE(until_has("web", computing("250m", "96Mi"))) << api_.pod("web").dump(2) << log_;
  EXPECT_EQ(container_limits(uid), "25000 100663296");
  ASSERT_TRUE(until([&] { return api_.event_count("ResizeCompleted") == 1; })) << log_;
  EXPECT_EQ(limits(pod_cgroup(uid)), "25000 100663296");
  EXPECT_EQ(status("web")["observedGeneration"], 2);
  resize("web", computing("1", "48Mi"));
  ASSERT_TRUE(until([&] { return api_.event_count("ResizeCompleted") == 2; })) << log_;
  EXPECT_EQ(container_limits(uid), "100000 50331648");
  EXPECT_EQ(limits(pod_cgroup(uid)), "100000 50331648");
  EXPECT_EQ(api_.event_count("ResizeStarted"), 2);
  EXPECT_EQ(first_process(uid), running);
  EXPECT_EQ(container("web")["restartCount"], 0);
  EXPECT_EQ(condition("web", "PodResizeInProgress"), nullptr);

  // What comes after it has them, too, and so has a pod that is made again.
  kill_first(uid);
  ASSERT_TRUE(until([&] { return container("web").value("restartCount", 0) == 1; })) << log_;
  ASSERT_TRUE(until_ready("web"));
  EXPECT_EQ(container_limits(uid), "100000 50331648");
  ::kill(*agent_->supervisor_of(uid), SIGKILL);
  ASSERT_TRUE(until([&] { return container("web").value("restartCount", 0) == 2; })) << log_;
  ASSERT_TRUE(until_ready("web"));
  EXPECT_EQ(container_limits(uid), "100000 50331648");
}

TEST_F(NodeResize, RestartsWhatWantsToBe) {
  const Json policy =
      Json::array({{{"resourceName", "memory"}, {"restartPolicy", "NotRequired"}},
                   {{"resourceName", "cpu"}, {"restartPolicy", "RestartContainer"}}});
  const std::string uid = create_with("web", kForever, computing("500m", "64Mi"), policy);
  ASSERT_TRUE(until_ready("web")) << log_;
  resize("web", computing("500m", "96Mi"));
  ASSERT_TRUE(until([&] { return api_.event_count("ResizeCompleted") == 1; })) << log_;
  EXPECT_EQ(container("web")["restartCount"], 0);
  resize("web", computing("250m", "32Mi"));
  ASSERT_TRUE(until([&] { return api_.event_count("ResizeCompleted") == 2; })) << log_;
  ASSERT_TRUE(until_has("web", computing("250m", "32Mi"))) << api_.pod("web").dump(2);
  ASSERT_TRUE(until_ready("web")) << log_;
  EXPECT_EQ(container("web")["restartCount"], 1);
  EXPECT_TRUE(container("web")["lastState"].contains("terminated"));
  EXPECT_EQ(container_limits(uid), "25000 33554432");
  EXPECT_EQ(limits(pod_cgroup(uid)), "25000 33554432");
  bool told = false;
  for (const store::Object& event : api_.list("events")) {
    told = told || event.json->value("message", "") == "Container main resize requires restart";
  }
  EXPECT_TRUE(told);
}

TEST_F(NodeResize, WhatTheNodeDoesNotHaveIsPending) {
  const std::string uid = create_with("web", kForever, computing("500m", "64Mi"));
  ASSERT_TRUE(until_ready("web")) << log_;
  resize("web", computing("1000", "64Mi"));
  ASSERT_TRUE(until([&] { return !condition("web", "PodResizePending").is_null(); })) << log_;
  const Json pending = condition("web", "PodResizePending");
  EXPECT_EQ(pending["reason"], "Infeasible");
  EXPECT_EQ(pending["observedGeneration"], 2);
  EXPECT_TRUE(pending["message"].get<std::string>().starts_with(
      "Node didn't have enough capacity: cpu, requested: 1000000, capacity: "))
      << pending;
  EXPECT_EQ(api_.event_count("ResizeInfeasible"), 1);
  EXPECT_EQ(container_limits(uid), "50000 67108864");
  resize("web", computing("600m", "64Mi"));
  ASSERT_TRUE(until_has("web", computing("600m", "64Mi"))) << log_;
  EXPECT_EQ(condition("web", "PodResizePending"), nullptr);
  EXPECT_EQ(container_limits(uid), "60000 67108864");
}

TEST_F(NodeResize, MemoryInUseIsNotTakenAway) {
  const std::string uid =
      create_with("big", std::string("head -c 20000000 /dev/zero >/dev/shm/x; ") + kForever,
                  computing("1", "128Mi"));
  ASSERT_TRUE(until_ready("big")) << log_;
  const std::string log = home_.logs() + "/default_big_" + uid + "/main/0.log";
  ASSERT_TRUE(
      until([&] { return read_file_if_exists(log).value_or("").find("up") != std::string::npos; }));
  resize("big", computing("500m", "8Mi"));
  ASSERT_TRUE(until([&] { return !condition("big", "PodResizeInProgress").is_null(); })) << log_;
  const Json progress = condition("big", "PodResizeInProgress");
  EXPECT_EQ(progress["reason"], "Error");
  EXPECT_EQ(progress["observedGeneration"], 2);
  EXPECT_TRUE(progress["message"].get<std::string>().starts_with(
      "cannot decrease memory limits: [attempting to set pod memory limit (8388608) below current "
      "usage ("))
      << progress;
  EXPECT_EQ(container_limits(uid), "100000 134217728");
  EXPECT_EQ(container("big")["resources"], computing("1", "128Mi"));
  EXPECT_EQ(container("big")["allocatedResources"], computing("500m", "8Mi")["requests"]);
  resize("big", computing("500m", "100Mi"));
  ASSERT_TRUE(until_has("big", computing("500m", "100Mi"))) << api_.pod("big").dump(2) << log_;
  EXPECT_TRUE(until([&] { return condition("big", "PodResizeInProgress").is_null(); }));
  EXPECT_EQ(container_limits(uid), "50000 104857600");
  EXPECT_EQ(container("big")["restartCount"], 0);
}

TEST_F(NodeResize, OutlivesTheAgent) {
  const std::string uid = create_with("web", kForever, computing("500m", "64Mi"));
  ASSERT_TRUE(until_ready("web")) << log_;
  const std::string running = first_process(uid);
  end();
  resize("web", computing("250m", "64Mi"));
  begin();
  ASSERT_TRUE(until_has("web", computing("250m", "64Mi"))) << log_;
  // One that died after it had written, before it had told.
  end();
  resize("web", computing("750m", "64Mi"));
  Json manifest = Json::parse(read_file(folder(uid) + "/pod.json"));
  manifest["spec"]["containers"][0]["resources"] = computing("750m", "64Mi");
  manifest["metadata"]["generation"] = 3;
  replace_file(folder(uid) + "/pod.json", manifest.dump());
  begin();
  ASSERT_TRUE(until_has("web", computing("750m", "64Mi"))) << log_;
  EXPECT_EQ(container_limits(uid), "75000 67108864");
  EXPECT_EQ(first_process(uid), running);
  EXPECT_EQ(container("web")["restartCount"], 0);
}

}  // namespace
}  // namespace podrun::test
