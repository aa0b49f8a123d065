// What podrun-pod costs while its one container runs and no probe is due.
#pragma once

#include <vector>

#include "tests/bench/pods.h"
#include "tests/bench/samples.h"

namespace podrun::bench {

std::vector<Row> measure_idle(Bench& bench);

}  // namespace podrun::bench
