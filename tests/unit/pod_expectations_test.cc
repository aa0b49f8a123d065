// `podrun run --expect`: docs/report.md, Expectations.
#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/pod/expectations.h"

namespace podrun::pod {
namespace {

InstanceReport instance(int restart) {
  InstanceReport made;
  made.restart = restart;
  made.exit_code = 0;
  return made;
}

/// Two instances of "kubia": 118Mi and 90Mi, 3 s and 2 s of CPU, 5 of 40 periods throttled.
PodReport report() {
  PodReport made;
  made.name = "web";
  ContainerReport& kubia = made.containers.emplace_back();
  kubia.name = "kubia";
  InstanceReport first = instance(0);
  first.exit_code = 137;
  first.memory = {118 << 20, {}, 1};
  first.cpu = {3000000, 2000000, 1000000, 10, 5, 70000, 10000};
  first.start_latency = std::chrono::microseconds(61234);
  first.pids_peak = 7;
  first.liveness = ProbeReport{5, 3, 1};
  first.readiness = ProbeReport{4, 1, 0};
  InstanceReport second = instance(1);
  second.memory = {90 << 20, {}, 0};
  second.cpu = {2000000, 1000000, 1000000, 30, 0, 0, 20000};
  second.start_latency = std::chrono::milliseconds(20);
  second.pids_peak = 9;
  second.liveness = ProbeReport{2, 0, 0};
  kubia.instances = {first, second};
  return made;
}

std::string check(const std::string& text, const std::vector<PodReport>& reports) {
  return evaluate({Expectation::parse(text)}, reports).at(0).line();
}
std::string check(const std::string& text) { return check(text, {report()}); }

TEST(Expectations, OfEveryMetric) {
  const std::pair<const char*, const char*> rows[] = {
      {"memory.peak<=100Mi", "FAILED kubia: memory.peak<=100Mi: was 118Mi"},
      {"memory.peak<=118Mi", "ok memory.peak<=118Mi"},
      {"restarts=0", "FAILED kubia: restarts=0: was 1"},
      {"restarts<=1", "ok restarts<=1"},
      {"cpu.throttled_ratio<0.2", "ok cpu.throttled_ratio<0.2"},
      {"cpu.throttled_ratio<10%", "FAILED kubia: cpu.throttled_ratio<10%: was 0.125"},
      {"cpu.usage<10s", "ok cpu.usage<10s"},
      {"cpu.usage<5s", "FAILED kubia: cpu.usage<5s: was 5s"},
      {"cpu.user<1ms", "FAILED kubia: cpu.user<1ms: was 3s"},
      {"cpu.system<1ms", "FAILED kubia: cpu.system<1ms: was 2s"},
      {"cpu.throttled<1ms", "FAILED kubia: cpu.throttled<1ms: was 70ms"},
      {"cpu.probe_usage<1ms", "FAILED kubia: cpu.probe_usage<1ms: was 30ms"},
      {"oom_kills=0", "FAILED kubia: oom_kills=0: was 1"},
      {"probes.failed<=3", "FAILED kubia: probes.failed<=3: was 4"},
      {"probes.errored=0", "FAILED kubia: probes.errored=0: was 1"},
      {"probes.succeeded>20", "FAILED kubia: probes.succeeded>20: was 11"},
      {"exit_code=0", "ok exit_code=0"},
      {"exit_code!=0", "FAILED kubia: exit_code!=0: was 0"},
      {"start_latency<50ms", "FAILED kubia: start_latency<50ms: was 61.2ms"},
      {"pids.peak<20", "ok pids.peak<20"},
      {"pids.peak<9", "FAILED kubia: pids.peak<9: was 9"},
  };
  for (const auto& [text, line] : rows) EXPECT_EQ(check(text), line);
}

TEST(Expectations, EveryOperator) {
  for (const char* text : {"restarts<2", "restarts<=1", "restarts=1", "restarts==1", "restarts!=2",
                           "restarts>=1", "restarts>0", " restarts  <=\t1 "}) {
    EXPECT_EQ(check(text).substr(0, 3), "ok ") << text;
  }
  for (const char* text : {"restarts<1", "restarts<=0", "restarts=2", "restarts==0", "restarts!=1",
                           "restarts>=2", "restarts>1"}) {
    EXPECT_EQ(check(text).substr(0, 6), "FAILED") << text;
  }
}

TEST(Expectations, OfOneContainer) {
  PodReport both = report();
  ContainerReport other = both.containers[0];
  other.name = "db";
  other.instances.pop_back();
  other.instances[0].memory.peak_bytes = (200 << 20) + 4096;
  both.containers.push_back(other);
  EXPECT_EQ(check("kubia/restarts=1", {both}), "ok kubia: restarts=1");
  EXPECT_EQ(check("db/memory.peak<=100Mi", {both}), "FAILED db: memory.peak<=100Mi: was 200Mi");
  EXPECT_EQ(check("memory.peak<=100Mi", {both}),
            "FAILED kubia: memory.peak<=100Mi: was 118Mi; db: was 200Mi");
  EXPECT_EQ(check("restarts=1", {both}), "FAILED db: restarts=1: was 0");
  EXPECT_EQ(check("cache/restarts=0", {both}),
            "FAILED cache: restarts=0: there is no such container");
}

TEST(Expectations, OfSeveralPodsNameThePod) {
  PodReport second = report();
  second.name = "api";
  second.containers[0].instances.resize(1);
  EXPECT_EQ(check("restarts=0", {report(), second}), "FAILED web/kubia: restarts=0: was 1");
  EXPECT_EQ(check("kubia/restarts=7", {report(), second}),
            "FAILED web/kubia: restarts=7: was 1; api/kubia: was 0");
}

TEST(Expectations, FailWhereNothingRanOrNothingWasCounted) {
  PodReport other = report();
  other.containers[0].instances[1].pids_peak.reset();
  EXPECT_EQ(check("pids.peak<100", {other}),
            "FAILED kubia: pids.peak<100: was not counted by this kernel");
  other.containers[0].instances[1].exit_code.reset();
  EXPECT_EQ(check("exit_code=0", {other}), "FAILED kubia: exit_code=0: has not ended");
  other.containers[0].instances.clear();
  EXPECT_EQ(check("restarts=0", {other}), "FAILED kubia: restarts=0: has not run");
  EXPECT_EQ(check("restarts=0", {}), "FAILED pod: restarts=0: no container has run");
}

TEST(Expectations, ExitCodeLeavesSidecarsOutUnlessNamed) {
  PodReport made = report();
  ContainerReport proxy = made.containers[0];
  proxy.name = "proxy";
  proxy.role = ContainerRole::kSidecar;
  proxy.instances.back().exit_code = 143;
  made.containers.insert(made.containers.begin(), proxy);
  EXPECT_EQ(check("exit_code=0", {made}), "ok exit_code=0");
  EXPECT_EQ(check("proxy/exit_code=0", {made}), "FAILED proxy: exit_code=0: was 143");
}

TEST(Expectations, NeverPrintAValueThatWouldHold) {
  PodReport made = report();
  made.containers[0].instances.resize(1);
  InstanceReport& one = made.containers[0].instances[0];
  one.memory.peak_bytes = (100 << 20) + 1;
  EXPECT_EQ(check("memory.peak<=100Mi", {made}), "FAILED kubia: memory.peak<=100Mi: was 104857601");
  one.memory.peak_bytes = (100 << 20) + 52429;
  EXPECT_EQ(check("memory.peak<=100Mi", {made}), "FAILED kubia: memory.peak<=100Mi: was 100.1Mi");
  one.memory.peak_bytes = 900;
  EXPECT_EQ(check("memory.peak<=1", {made}), "FAILED kubia: memory.peak<=1: was 900");
  one.start_latency = Nanoseconds(50000001);
  EXPECT_EQ(check("start_latency<=50ms", {made}),
            "FAILED kubia: start_latency<=50ms: was 50.000001ms");
  one.cpu.periods = 5001;
  one.cpu.throttled_periods = 1001;
  EXPECT_EQ(check("cpu.throttled_ratio<=0.2", {made}),
            "FAILED kubia: cpu.throttled_ratio<=0.2: was 0.2002");
}

std::string complaint(const std::string& text) {
  try {
    Expectation::parse(text);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "";
}

TEST(Expectations, BadOnesSayWhatIsWrong) {
  EXPECT_EQ(complaint("memory.pek<=100Mi"),
            "expectation \"memory.pek<=100Mi\": unknown metric \"memory.pek\" (known are "
            "cpu.probe_usage, cpu.system, cpu.throttled, cpu.throttled_ratio, cpu.usage, cpu.user, "
            "exit_code, memory.peak, oom_kills, pids.peak, probes.errored, probes.failed, "
            "probes.succeeded, restarts, start_latency)");
  EXPECT_EQ(complaint("restarts"),
            "expectation \"restarts\": no operator (one of < <= = == != >= >, as in "
            "memory.peak<=100Mi)");
  for (const char* text : {"",
                           "=",
                           "<=100Mi",
                           "/restarts=0",
                           "kubia/=0",
                           "restarts=",
                           "restarts=zero",
                           "restarts=-1",
                           "memory.peak<=100 Mi",
                           "memory.peak<=100mi",
                           "memory.peak<=10s",
                           "cpu.usage<10",
                           "cpu.usage<10Mi",
                           "cpu.usage<-1s",
                           "cpu.throttled_ratio<20 %",
                           "cpu.throttled_ratio<nan",
                           "cpu.throttled_ratio<inf",
                           "cpu.throttled_ratio<%",
                           "cpu.throttled_ratio<-0.1",
                           "restarts!0",
                           "restarts=<1",
                           "start_latency<50"}) {
    EXPECT_NE(complaint(text), "") << text;
  }
}

}  // namespace
}  // namespace podrun::pod
