// What a probe costs: CPU time counted on the probe leaf, and the latency of its process's birth.
#pragma once

#include <vector>

#include "tests/bench/pods.h"
#include "tests/bench/samples.h"

namespace podrun::bench {

std::vector<Row> measure_probes(Bench& bench);
/// To the first instruction of a network probe's process, in a cgroup and without one.
std::vector<Row> measure_births(int rounds);

}  // namespace podrun::bench
