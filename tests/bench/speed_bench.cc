// The figures that podrun's speed is held to, measured side by side with the floor in one run.
//
//   speed_bench STAMP [ROUNDS [WHAT...]]
//     STAMP  the program of stamp.c
//     WHAT   start restart birth idle probes; all unless given
// "Quiet" is one start each 50 ms. Prints a table; fails only where it cannot measure.
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "cgroups/layout.h"
#include "tests/bench/idle.h"
#include "tests/bench/probes.h"
#include "tests/bench/starts.h"

namespace {

using namespace podrun::bench;

void measure(const std::string& stamp, int rounds, const std::set<std::string>& what) {
  Bench bench(stamp);
  const bool v2 = podrun::cgroups::detect_layout().kind == podrun::cgroups::LayoutKind::kV2;
  const auto wanted = [&](const char* name) { return what.empty() || what.contains(name); };
  std::printf("layout: %s; quiet: 50 ms before each round; times in ms\n",
              v2 ? "cgroup v2" : "hybrid");
  if (wanted("start"))
    print("podrun run, from its exec to the container's first instruction",
          measure_starts(bench, v2, rounds));
  if (wanted("restart"))
    print("crash to the restarted entrypoint's first instruction", measure_restarts(bench, rounds));
  if (wanted("idle")) print("podrun-pod with one idle container", measure_idle(bench));
  if (wanted("probes")) print("one probe's CPU time, on its leaf", measure_probes(bench));
  if (wanted("birth"))
    print("a probe process's latency, to its first instruction", measure_births(rounds));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr,
                 "usage: speed_bench STAMP [ROUNDS [start|restart|birth|idle|probes]...]\n");
    return 2;
  }
  try {
    measure(argv[1], argc > 2 ? std::atoi(argv[2]) : 30,
            {argv + (argc > 3 ? 3 : argc), argv + argc});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "speed_bench: %s\n", error.what());
    return 1;
  }
}
