// What the daemon is held to, row by row.
#pragma once

#include <vector>

#include "tests/bench/daemon_box.h"
#include "tests/bench/samples.h"

namespace podrun::bench {

/// From `create` to the entrypoint, and from a pod's deletion to its replacement's.
std::vector<Row> measure_replicas(DaemonBox& box, int rounds);
/// 0 to 100 running replicas, and the daemon at rest with them.
std::vector<Row> measure_hundred(DaemonBox& box, int rounds);
/// 500 pods that end at once, ten at a time, each counted.
std::vector<Row> measure_job(DaemonBox& box, int rounds);
/// From the exec to the first answer; the daemon must not run. `objects` names how many there are.
std::vector<Row> measure_daemon_starts(DaemonBox& box, const std::string& objects, double limit_ms,
                                       int rounds);
/// Requests a second, as the time that each takes of all clients' together.
std::vector<Row> measure_requests(DaemonBox& box);
/// From a write to the last of 1000 watchers.
std::vector<Row> measure_watchers(DaemonBox& box, int rounds);
/// Stores 10 000 pods of a node that does not run them, and lists them.
std::vector<Row> measure_lists(DaemonBox& box, int rounds);
/// Stores 10 000 CronJobs that are not due, and lets five minutes pass.
std::vector<Row> measure_cron_jobs(DaemonBox& box);

}  // namespace podrun::bench
