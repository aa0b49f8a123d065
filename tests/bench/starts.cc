#include "tests/bench/starts.h"

#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "tests/bench/floor.h"

namespace podrun::bench {

namespace {

constexpr useconds_t kQuietUs = 50'000;
constexpr double kHybridAllowanceMs = 5;
constexpr double kV2Ratio = 3;
constexpr double kRestartRatio = 2;

double ms(long ns) { return static_cast<double>(ns) / 1e6; }

/// From the call to the entrypoint's first instruction.
double floor_start(const Bench& bench, FloorCgroup cgroup) {
  ::usleep(kQuietUs);
  const long begin = now_ns();
  run_floor({.rootfs = bench.rootfs(), .cgroup = cgroup, .net = true});
  return ms(bench.take_stamps().at(0) - begin);
}

}  // namespace

std::vector<Row> measure_starts(Bench& bench, bool v2, int rounds) {
  const FloorCgroup own = v2 ? FloorCgroup::kV2 : FloorCgroup::kV1;
  const bool has_crun = ::access("/usr/bin/crun", X_OK) == 0;
  Row none{"floor without a cgroup", "ms", {}, {}, "", 0};
  Row floor{v2 ? "floor, cgroup v2" : "floor, cgroup v1", "ms", {}, {}, "", 0};
  Row podrun{"podrun run", "ms", {}, {}, "", 0};
  Row crun{"crun run, an OCI bundle", "ms", {}, {}, "", 0};
  for (int i = 0; i < rounds; ++i) {
    none.samples.add(floor_start(bench, FloorCgroup::kNone));
    floor.samples.add(floor_start(bench, own));
    ::usleep(kQuietUs);
    const long begin = bench.run_podrun(bench.manifest("first", "Never"));
    podrun.samples.add(ms(bench.take_stamps().at(0) - begin));
    if (!has_crun) continue;
    ::usleep(kQuietUs);
    const long crun_begin = bench.run_crun();
    crun.samples.add(ms(bench.take_stamps().at(0) - crun_begin));
  }
  const double base = floor.samples.median();
  podrun.against = crun.against = base;
  podrun.limit = v2 ? base * kV2Ratio : base + kHybridAllowanceMs;
  podrun.limit_is = v2 ? "3 x the v2 floor" : "the v1 floor + 5 ms";
  return {none, floor, podrun, crun};
}

std::vector<Row> measure_restarts(Bench& bench, int rounds) {
  Row floor{"floor without a cgroup move", "ms", {}, {}, "", 0};
  Row podrun{"podrun", "ms", {}, {}, "", 0};
  for (int i = 0; i < rounds; ++i) {
    ::usleep(kQuietUs);
    FloorOptions options{.rootfs = bench.rootfs(), .mode = "crash"};
    run_floor(options);
    run_floor(options);
    const auto bare = bench.take_stamps();
    floor.samples.add(ms(bare.at(2) - bare.at(1)));
    ::usleep(kQuietUs);
    bench.run_podrun(bench.manifest("crash", "OnFailure"));
    const auto stamps = bench.take_stamps();
    podrun.samples.add(ms(stamps.at(2) - stamps.at(1)));
  }
  podrun.against = floor.samples.median();
  podrun.limit = podrun.against * kRestartRatio;
  podrun.limit_is = "2 x the floor";
  return {floor, podrun};
}

}  // namespace podrun::bench
