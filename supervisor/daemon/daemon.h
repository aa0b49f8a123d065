// podrun daemon: one process in which the store, the API, the controllers and the node live, on one
// event loop. Pods do not depend on it: it can be killed and come back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "supervisor/pod/paths.h"

namespace podrun::daemon {

struct Options {
  pod::Roots roots;
  std::string socket;  // where root's clients connect
  std::string address = "127.0.0.1";
  std::uint16_t port = 6443;  // 0 picks one
  std::string pod_program;    // podrun-pod
  std::string agent_program;  // podrun-daemon: of the nodes that are added
  std::string version;        // podrun's own
  std::string git_version;    // what /version says
  bool allow_no_limits = false;
  Seconds event_life{3600};           // after an event was last seen
  std::size_t finished_pods = 12500;  // that are kept
  Seconds node_grace{40};             // without a heartbeat, until a node is NotReady
  /// That pods without a toleration of their own stay on a node that is not ready or not reachable.
  Seconds not_ready_toleration{300}, unreachable_toleration{300};
};

class Daemon {
 public:
  /// Opens everything or throws: the database, the credentials, the sockets. Nothing runs yet.
  explicit Daemon(Options options);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Serves until SIGTERM or SIGINT; pods go on. Returns the exit code.
  int run();
  /// Where the API answers over TLS: "https://127.0.0.1:6443".
  const std::string& url() const;
  /// The file that kubectl needs.
  const std::string& kubeconfig() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace podrun::daemon
