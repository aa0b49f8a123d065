// What GET /metrics tells besides requests: the store, the controllers, the pods, the process.
#pragma once

#include <map>
#include <string>

#include "supervisor/api/metrics_text.h"
#include "supervisor/controllers/manager.h"
#include "supervisor/store/store.h"

namespace podrun::daemon {

/// Commits of the store.
struct CommitFigures {
  std::uint64_t commits = 0, failures = 0;
  double seconds = 0;  // all together
};

void write_store_metrics(api::MetricsText& out, const store::Store& store,
                         const CommitFigures& commits, const std::string& database);
void write_controller_metrics(api::MetricsText& out,
                              const std::map<std::string, controllers::Manager::Figures>& figures);
/// Phases, containers by state, restarts.
void write_pod_metrics(api::MetricsText& out, const std::vector<store::Object>& pods);
/// process_*, of this process; what /proc does not give is left out.
void write_process_metrics(api::MetricsText& out);

}  // namespace podrun::daemon
