#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "supervisor/pod/report.h"

namespace podrun::pod {
namespace {

using Json = nlohmann::ordered_json;

PodReport report() {
  PodReport made;
  made.name = "kubia-liveness-pod";
  made.namespace_ = "default";
  made.uid = "0b1f";
  made.status.phase = "Running";
  ContainerReport& container = made.containers.emplace_back();
  container.name = "kubia";
  container.image = "luksa/kubia-unhealthy";
  InstanceReport& first = container.instances.emplace_back();
  first.container_id = "podrun://5f3c";
  first.started_at = WallTime(Seconds(1763892000));
  first.finished_at = first.started_at + Seconds(130);
  first.exit_code = 137;
  first.signal = 9;
  first.reason = "Error";
  first.start_latency = Nanoseconds(4200000);
  first.cpu = {81000, 60000, 21000, 12, 3, 40000, 5200};
  first.memory = {9437184, 134217728, 0};
  first.pids_peak = 2;
  first.liveness = ProbeReport{5, 3, 1};
  InstanceReport& second = container.instances.emplace_back();
  second.restart = 1;
  made.containers.emplace_back().role = ContainerRole::kSidecar;
  return made;
}

TEST(PodReport, ThrottledRatioIsThatOfPeriods) {
  EXPECT_DOUBLE_EQ(report().containers[0].instances[0].cpu.throttled_ratio(), 0.25);
  EXPECT_EQ(CpuReport{}.throttled_ratio(), 0);
}

TEST(PodReport, IsWrittenAsDocsReportMdSays) {
  const Json json = to_json(report());
  EXPECT_EQ(json["kind"], "PodReport");
  EXPECT_EQ(json["metadata"].dump(),
            R"({"name":"kubia-liveness-pod","namespace":"default","uid":"0b1f"})");
  EXPECT_EQ(json["status"]["phase"], "Running");
  EXPECT_EQ(json["containers"][1]["role"], "sidecar");
  EXPECT_EQ(json["containers"][0]["instances"][0].dump(2), R"({
  "restart": 0,
  "containerID": "podrun://5f3c",
  "startedAt": "2025-11-23T10:00:00.000000000Z",
  "finishedAt": "2025-11-23T10:02:10.000000000Z",
  "exitCode": 137,
  "signal": 9,
  "reason": "Error",
  "startLatencyNanoseconds": 4200000,
  "cpu": {
    "usageMicroseconds": 81000,
    "userMicroseconds": 60000,
    "systemMicroseconds": 21000,
    "probeUsageMicroseconds": 5200,
    "periods": 12,
    "throttledPeriods": 3,
    "throttledMicroseconds": 40000,
    "throttledRatio": 0.25
  },
  "memory": {
    "peakBytes": 9437184,
    "limitBytes": 134217728,
    "oomKills": 0
  },
  "pids": {
    "peak": 2
  },
  "probes": {
    "liveness": {
      "succeeded": 5,
      "failed": 3,
      "errored": 1
    }
  }
})");
  const Json& running = json["containers"][0]["instances"][1];
  for (const char* field : {"startedAt", "finishedAt", "exitCode"}) {
    EXPECT_TRUE(running.at(field).is_null()) << field;
  }
}

TEST(PodReport, ReadsBack) {
  const Json json = to_json(report());
  EXPECT_EQ(to_json(pod_report_from_json(json)), json);
}

/// Every field of `json`, taken away or replaced by a string, one after another.
void spoil(const Json& whole, const Json::json_pointer& at, int& tried) {
  const Json& here = whole.at(at);
  if (!here.is_structured()) return;
  for (const auto& item : here.items()) {
    const auto place = at / (here.is_array() ? std::to_string(std::stoul(item.key())) : item.key());
    for (const Json& instead : {Json("no"), Json(), Json::array({1})}) {
      Json spoilt = whole;
      spoilt[place] = instead;
      ++tried;
      try {
        pod_report_from_json(spoilt);  // some fields may well be null or text
      } catch (const BadInput&) {
      }
    }
    spoil(whole, place, tried);
  }
}

TEST(PodReport, RefusesWhatIsNoReportAndNeverThrowsAnythingElse) {
  EXPECT_THROW(pod_report_from_json(Json::array()), BadInput);
  EXPECT_THROW(pod_report_from_json(Json::object()), BadInput);
  int tried = 0;
  spoil(to_json(report()), Json::json_pointer(), tried);
  EXPECT_GT(tried, 150);
}

}  // namespace
}  // namespace podrun::pod
