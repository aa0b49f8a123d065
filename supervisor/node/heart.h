// Keeps the Node and its Lease in the API up to date.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "supervisor/api/client.h"
#include "supervisor/node/host.h"
#include "supervisor/node/reactor.h"
#include "supervisor/store/object.h"

namespace podrun::node {

/// What becomes of a Node that is deleted: as a kubelet's it stays gone until the agent is started
/// anew, unless a machine without it were of no use.
enum class Registration { kOnce, kAlways };

class Heart {
 public:
  using Log = std::function<void(const std::string&)>;
  /// `on_return`: the API had given the node up, and knows now that it is there.
  Heart(api::Client& client, Reactor& reactor, const Clock& clock, HostFacts host,
        std::string version, std::string data_dir, Seconds renewal, Registration registration,
        Log log, std::function<void()> on_return);

  /// Registers the node, renews the lease, and goes on doing so every `renewal`, from now. What
  /// fails is logged and tried again then.
  void start();

 private:
  void beat();
  bool may_register();
  void report_status(const store::Object* present);
  void tell(const std::string& reason, const std::string& message);
  void add_news(const std::string& news);
  void see_schedulable(const store::Json& node);
  void renew_lease();

  api::Client& client_;
  Reactor& reactor_;
  const Clock& clock_;
  HostFacts host_;
  std::string version_, data_dir_;
  Seconds renewal_;
  Registration registration_;
  Log log_;
  std::function<void()> on_return_;
  Moment reported_{};
  std::vector<std::pair<std::string, std::string>> news_;  // reasons and messages, not told yet
  bool told_start_ = false, told_deletion_ = false, unschedulable_ = false;
  Reactor::Watch timer_;
};

}  // namespace podrun::node
