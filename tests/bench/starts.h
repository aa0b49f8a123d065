// How long a container's start and restart take, against the floor.
#pragma once

#include <vector>

#include "tests/bench/pods.h"
#include "tests/bench/samples.h"

namespace podrun::bench {

std::vector<Row> measure_starts(Bench& bench, bool v2, int rounds);
std::vector<Row> measure_restarts(Bench& bench, int rounds);

}  // namespace podrun::bench
