// A daemon that is measured, and its clients.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/bench/pods.h"
#include "tests/support/daemon_run.h"

namespace podrun::bench {

/// Numbers of /proc/PID.
struct ProcessFigures {
  double pss_mib = 0;
  double cpu_seconds = 0;
};

class DaemonBox {
 public:
  explicit DaemonBox(Bench& bench) : bench_(bench) {}
  ~DaemonBox();

  /// Until it answers; returns how long that took from its exec, in ms.
  double start();
  void stop();
  std::string socket() const { return test::DaemonRun::socket_in(bench_.home()); }
  Bench& bench() { return bench_; }
  ProcessFigures figures() const;

  /// Throws Error with what was answered where that is not 2xx.
  std::string ask(const test::HttpRequest& request);
  nlohmann::json get(const std::string& target);
  void post(const std::string& target, const nlohmann::json& body);
  void merge(const std::string& target, const nlohmann::json& patch);
  /// All pods go at once, and their controllers; waits for the end.
  void remove_pods();

  /// A pod's spec whose one container runs /bin/stamp MODE; `mode` as in stamp.c.
  nlohmann::json pod_spec(const std::string& mode) const;
  /// A ReplicationController of such pods, labelled app=NAME.
  nlohmann::json controller(const std::string& name, int replicas, const std::string& mode) const;
  /// Waits for the next stamp, in ns.
  long next_stamp() const;

 private:
  Bench& bench_;
  std::optional<test::DaemonRun> daemon_;
  std::optional<test::HttpClient> client_;
};

/// Throws Error with `what` where `condition` does not come to hold.
void wait_for(const std::string& what, const std::function<bool()>& condition);

}  // namespace podrun::bench
