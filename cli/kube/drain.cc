// `podrun node drain`.
#include "supervisor/client/drain.h"

#include <algorithm>
#include <map>

#include "base/go_duration.h"
#include "base/go_text.h"
#include "cli/kube/commands.h"
#include "cli/kube/nodes.h"
#include "cli/kube/removal.h"
#include "supervisor/api/json_path.h"

namespace podrun::kube {
namespace {

/// All that went wrong with one node.
class DrainFailed : public Error {
 public:
  explicit DrainFailed(std::vector<std::string> all) : Error(joined(all)), errors(std::move(all)) {}
  const std::vector<std::string> errors;

 private:
  /// As Go shows an aggregate.
  static std::string joined(const std::vector<std::string>& errors) {
    std::string text;
    for (const std::string& each : errors) text += (text.empty() ? "" : ", ") + each;
    return errors.size() == 1 ? text : "[" + text + "]";
  }
};

client::DrainRules rules_of(const Arguments& arguments) {
  client::DrainRules rules;
  rules.ignore_daemon_sets = arguments.has("ignore-daemonsets");
  rules.delete_empty_dirs = arguments.has("delete-emptydir-data");
  rules.force = arguments.has("force");
  rules.skip_deleted = Seconds(number_of(arguments, "skip-wait-for-delete-timeout"));
  return rules;
}

Target pod_target(Session& session, const Json& pod) {
  Target target;
  target.type = &session.type("pods");
  target.space = api::text_at(pod, "metadata.namespace");
  target.name = api::text_at(pod, "metadata.name");
  return target;
}

struct DrainOrder {
  const Change& change;
  client::DrainRules rules;
  std::int64_t grace = -1;  // negative: the pods' own
  bool evicts = true;
  std::optional<Moment> deadline;
};

void send_eviction(Session& session, const Target& pod, std::int64_t grace) {
  Json eviction = {{"apiVersion", "policy/v1"},
                   {"kind", "Eviction"},
                   {"metadata", {{"name", pod.name}, {"namespace", pod.space}}}};
  if (grace >= 0) eviction["deleteOptions"] = {{"gracePeriodSeconds", grace}};
  session.api().send("POST", pod.path() + "/eviction", eviction);
}

/// What is gone already is no failure.
void begin_removal(Session& session, const Target& pod, const DrainOrder& order) {
  try {
    if (order.evicts) {
      print("evicting pod " + pod.space + "/" + pod.name + "\n");
      send_eviction(session, pod, order.grace);
    } else {
      Removal removal;
      if (order.grace >= 0) removal.grace_seconds = order.grace;
      remove(session, pod, removal);
    }
  } catch (const Refused& refused) {
    if (refused.code() == 404) return;
    const std::string verb = order.evicts ? "evicting" : "deleting";
    throw DrainFailed({"error when " + verb + " pods/" + go_quote(pod.name) + " -n " +
                       go_quote(pod.space) + ": " + refused.what()});
  }
}

void remove_pods(Session& session, const std::vector<Json>& pods, const DrainOrder& order) {
  for (const Json& pod : pods) begin_removal(session, pod_target(session, pod), order);
  std::vector<std::string> late;
  for (const Json& pod : pods) {
    const Target target = pod_target(session, pod);
    try {
      await_removal(session, target, api::text_at(pod, "metadata.uid"), order.deadline);
      print("pod/" + target.name + (order.evicts ? " evicted\n" : " deleted\n"));
    } catch (const client::TimedOut&) {
      const Nanoseconds timeout = parse_duration(session.arguments().value("timeout"));
      late.push_back("error when waiting for pod " + go_quote(target.name) + " in namespace " +
                     go_quote(target.space) +
                     " to terminate: global timeout reached: " + go_duration(timeout));
    }
  }
  if (!late.empty()) throw DrainFailed(std::move(late));
}

client::Drain plan(Session& session, const Target& node, const DrainOrder& order) {
  Query query{{"fieldSelector", "spec.nodeName=" + node.name}};
  const std::string selector = session.arguments().value("pod-selector");
  if (!selector.empty()) query.emplace_back("labelSelector", selector);
  const Json list = session.api().get(session.type("pods").collection(""), query);
  return client::plan_drain(api::at_path(list, "items"), order.rules, SystemClock().wall());
}

void drain_one(Session& session, const Target& node, const DrainOrder& order) {
  const client::Drain drain = plan(session, node, order);
  if (!drain.refused.empty()) throw DrainFailed(drain.refused);
  if (!drain.warning.empty()) print_error("Warning: " + drain.warning);
  if (order.change.is_dry()) {
    for (const Json& pod : drain.evict) {
      print("evicting pod " + client::shown(pod) + order.change.suffix() + "\n");
    }
  } else {
    try {
      remove_pods(session, drain.evict, order);
    } catch (const DrainFailed& failed) {
      const client::Drain left = plan(session, node, order);
      if (!left.evict.empty()) {
        print_error("There are pending pods in node " + go_quote(node.name) +
                    " when an error occurred: " + failed.what());
        for (const Json& pod : left.evict) {
          print_error("pod/" + api::text_at(pod, "metadata.name"));
        }
      }
      throw;
    }
  }
  order.change.told(fetch(session, node), "drained");
}

}  // namespace

int node_drain(Session& session) {
  const Arguments& arguments = session.arguments();
  const Change change(session, "kubectl-drain");
  const DrainOrder order{.change = change,
                         .rules = rules_of(arguments),
                         .grace = number_of(arguments, "grace-period"),
                         .evicts = !arguments.has("disable-eviction"),
                         .deadline = deadline_of(arguments)};
  const std::vector<Target> nodes = node_targets(session);
  for (const Target& node : nodes) set_unschedulable(session, node, change, true);
  std::vector<std::string> pending, errors;
  for (const Target& node : nodes) {
    try {
      drain_one(session, node, order);
    } catch (const DrainFailed& failed) {
      print_error("error: unable to drain node " + go_quote(node.name) +
                  " due to error: " + failed.what() + ", continuing command...");
      pending.push_back(node.name);
      errors.insert(errors.end(), failed.errors.begin(), failed.errors.end());
    }
  }
  if (pending.empty()) return 0;
  print_error("There are pending nodes to be drained:");
  for (const std::string& name : pending) print_error(" " + name);
  for (const std::string& error : errors) print_error(error);
  return 1;
}

}  // namespace podrun::kube
