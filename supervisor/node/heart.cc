#include "supervisor/node/heart.h"

#include <utility>
#include <vector>

#include "supervisor/node/node_object.h"

namespace podrun::node {

Heart::Heart(api::Client& client, Reactor& reactor, const Clock& clock, HostFacts host,
             std::string version, std::string data_dir, Seconds renewal, Registration registration,
             Log log, std::function<void()> on_return)
    : client_(client),
      reactor_(reactor),
      clock_(clock),
      host_(std::move(host)),
      version_(std::move(version)),
      data_dir_(std::move(data_dir)),
      renewal_(renewal),
      registration_(registration),
      log_(std::move(log)),
      on_return_(std::move(on_return)) {}

void Heart::start() { beat(); }

void Heart::beat() {
  timer_ = reactor_.call_after(renewal_, [this] { beat(); });
  if (!client_.is_reachable()) return;
  try {
    const store::Object* present = client_.get({"nodes", "", host_.name});
    if (present == nullptr && !may_register()) return;
    report_status(present);
    renew_lease();
    // Last: whoever waits for the node does not wait for these.
    for (; !news_.empty(); news_.erase(news_.begin()))
      tell(news_.front().first, news_.front().second);
  } catch (const Error& error) {
    log_(std::string("node ") + host_.name + ": " + error.what());
  }
}

/// Whoever deleted it wants it gone; its pods end when they are collected as a missing node's.
bool Heart::may_register() {
  if (registration_ == Registration::kAlways || !told_start_) return true;
  if (!std::exchange(told_deletion_, true)) {
    log_("node " + host_.name + " was deleted; it is not registered again");
  }
  return false;
}

/// An unchanged status is written every five minutes only: each write wakes those who watch nodes.
void Heart::report_status(const store::Object* present) {
  const store::ObjectKey key{"nodes", "", host_.name};
  told_deletion_ = false;
  Json node =
      present != nullptr ? *present->json : *client_.create("nodes", "", node_object(host_)).json;
  if (!std::exchange(told_start_, true)) news_.emplace_back("Starting", "Starting kubelet.");
  see_schedulable(node);
  if (set_node_labels(node, host_)) node = *client_.update(key, node).json;
  const Json before = node.value("status", Json::object());
  Json status = node_status(before, host_, version_, read_pressure(data_dir_), clock_.wall());
  const Moment now = clock_.now();
  const bool due = reported_ == Moment{} || now - reported_ >= kStatusReport;
  if (!due && same_status(before, status)) return;
  const bool was_lost = is_given_up(before);
  const std::vector<std::string> news = status_news(before, status);
  node["status"] = std::move(status);
  client_.update_status(key, std::move(node));
  reported_ = now;
  // What controllers said of its pods meanwhile does not hold any more.
  if (was_lost) on_return_();
  for (const std::string& each : news) add_news(each);
}

void Heart::see_schedulable(const Json& node) {
  const Json spec = node.value("spec", Json::object());
  const bool unschedulable = spec.value("unschedulable", false);
  if (std::exchange(unschedulable_, unschedulable) == unschedulable) return;
  add_news(unschedulable ? "NodeNotSchedulable" : "NodeSchedulable");
}

void Heart::add_news(const std::string& news) {
  news_.emplace_back(news, "Node " + host_.name + " status is now: " + news);
}

void Heart::tell(const std::string& reason, const std::string& message) {
  api::EventRecord event;
  event.involved_object = {
      {"apiVersion", "v1"}, {"kind", "Node"}, {"name", host_.name}, {"uid", host_.name}};
  event.type = "Normal";
  event.reason = reason;
  event.message = message;
  event.component = "kubelet";
  event.host = host_.name;
  client_.record(event);
}

void Heart::renew_lease() {
  const store::ObjectKey key{"leases.coordination.k8s.io", "kube-node-lease", host_.name};
  if (const store::Object* present = client_.get(key)) {
    Json lease = *present->json;
    lease["spec"]["holderIdentity"] = host_.name;
    lease["spec"]["leaseDurationSeconds"] = lease_duration(renewal_).count();
    lease["spec"]["renewTime"] = micro_time(clock_.wall());
    client_.update(key, std::move(lease));
    return;
  }
  const store::Object* node = client_.get({"nodes", "", host_.name});
  const std::string uid = node == nullptr ? "" : (*node->json)["metadata"].value("uid", "");
  client_.create(key.resource, key.namespace_,
                 lease_object(host_.name, uid, clock_.wall(), renewal_));
}

}  // namespace podrun::node
