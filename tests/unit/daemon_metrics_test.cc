// What /metrics tells of pods, controllers and the process.
#include <gtest/gtest.h>

#include "supervisor/daemon/idle_memory.h"
#include "supervisor/daemon/metrics.h"

namespace podrun::daemon {
namespace {

store::Object pod(const char* status) {
  store::Object object;
  object.json =
      std::make_shared<const store::Json>(store::Json{{"status", store::Json::parse(status)}});
  return object;
}

bool has(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

// Text alone: what may have been written to must not be let go.
TEST(DaemonIdleMemory, IsTextOfFiles) {
  EXPECT_EQ(text_mappings("55d0-55f0 r--p 00000000 fe:00 131 /bin/x\n"
                          "5600-5700 r-xp 00020000 fe:00 131 /bin/x\n"
                          "5700-5800 rw-p 00120000 fe:00 131 /bin/x\n"
                          "5800-5900 rwxp 00120000 fe:00 131 /bin/x\n"
                          "7000-7100 rw-p 00000000 00:00 0 [heap]\n"
                          "7f00-7f10 r-xp 00000000 00:00 0 [vdso]\n"
                          "rubbish\n"
                          "7f20-7f30 r-xp 00000000 fe:00 977 /lib/a b.so\n"),
            (std::vector<TextMapping>{{0x5600, 0x5700}, {0x7f20, 0x7f30}}));
  give_memory_back();
  EXPECT_FALSE(text_mappings("").size() > 0) << "and the program goes on";
}

TEST(DaemonMetrics, Pods) {
  api::MetricsText out;
  write_pod_metrics(
      out,
      {pod(R"({"phase":"Running","containerStatuses":[{"restartCount":2,"state":{"running":{}}},
                {"restartCount":1,"state":{"waiting":{}}}],
                "initContainerStatuses":[{"restartCount":0,"state":{"terminated":{}}}]})"),
       pod(R"({"phase":"Pending"})"), pod("{}")});
  const std::string text = out.take();
  EXPECT_TRUE(has(text, "podrun_pods{phase=\"Running\"} 1")) << text;
  EXPECT_TRUE(has(text, "podrun_pods{phase=\"Failed\"} 0"));
  EXPECT_TRUE(has(text, "podrun_pods{phase=\"Unknown\"} 1"));
  EXPECT_TRUE(has(text, "kubelet_running_pods 1"));
  EXPECT_TRUE(has(text, "kubelet_running_containers{container_state=\"running\"} 1"));
  EXPECT_TRUE(has(text, "kubelet_running_containers{container_state=\"created\"} 1"));
  EXPECT_TRUE(has(text, "kubelet_running_containers{container_state=\"exited\"} 1"));
  EXPECT_TRUE(has(text, "podrun_container_restarts 3"));
}

TEST(DaemonMetrics, Controllers) {
  api::MetricsText out;
  write_controller_metrics(out, {{"replicas", {3, 10, 1}}});
  const std::string text = out.take();
  EXPECT_TRUE(has(text, "workqueue_depth{name=\"replicas\"} 3"));
  EXPECT_TRUE(has(text, "workqueue_work_total{name=\"replicas\"} 10"));
  EXPECT_TRUE(has(text, "workqueue_retries_total{name=\"replicas\"} 1"));
}

TEST(DaemonMetrics, Process) {
  api::MetricsText out;
  write_process_metrics(out);
  const std::string text = out.take();
  for (const char* name : {"process_cpu_seconds_total", "process_start_time_seconds",
                           "process_resident_memory_bytes", "process_open_fds"}) {
    EXPECT_NE(text.find("\n" + std::string(name) + " "), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace podrun::daemon
