// `podrun node …` and `podrun taint`.
#include <algorithm>
#include <map>

#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/removal.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/taint_words.h"

namespace podrun::kube {
namespace {

/// The words name nodes, whose type they need not say.
Arguments of_nodes(const Arguments& arguments) {
  Arguments made = arguments;
  made.operands.insert(made.operands.begin(), "nodes");
  return made;
}

std::vector<Target> node_targets(Session& session) {
  std::vector<std::string> words = session.arguments().operands;
  if (words.empty() && !session.arguments().has("selector")) {
    throw UsageError("\"" + session.arguments().command_name() + "\" needs the NAME of a node");
  }
  words.insert(words.begin(), "nodes");
  return find_targets(session, {.words = std::move(words)});
}

void set_unschedulable(Session& session, const Target& node, const Change& change, bool wanted) {
  const std::string verb = wanted ? "cordoned" : "uncordoned";
  const Json object = fetch(session, node);
  if (api::bool_at(object, "spec.unschedulable") == wanted) {
    change.told(object, "already " + verb);
    return;
  }
  if (!change.is_local()) {
    const Json patch = {{"spec", {{"unschedulable", wanted ? Json(true) : Json(nullptr)}}}};
    session.api().send("PATCH", node.path(), patch, change.query(), kStrategicPatch);
  }
  change.told(object, verb);
}

int change_each_node(Session& session, bool unschedulable) {
  const Change change(session, "kubectl-cordon");
  return for_each(session, node_targets(session), "", [&](const Target& node) {
    set_unschedulable(session, node, change, unschedulable);
  });
}

// ---- drain

std::string shown(const Json& pod) {
  return api::text_at(pod, "metadata.namespace") + "/" + api::text_at(pod, "metadata.name");
}

std::string controller_kind(const Json& pod) {
  for (const Json& owner : api::at_path(pod, "metadata.ownerReferences")) {
    if (api::bool_at(owner, "controller")) return api::text_at(owner, "kind");
  }
  return "";
}

bool has_local_data(const Json& pod) {
  const Json& volumes = api::at_path(pod, "spec.volumes");
  return std::any_of(volumes.begin(), volumes.end(),
                     [](const Json& volume) { return volume.contains("emptyDir"); });
}

struct Drain {
  std::vector<Json> evict;
  std::map<std::string, std::string> refused, warned;  // what is said: of which pods
};

void note(std::map<std::string, std::string>& notes, const char* what, const Json& pod) {
  std::string& pods = notes[what];
  pods += (pods.empty() ? "" : ", ") + shown(pod);
}

/// What is to go, and what the flags do not allow (kubectl's drain filters).
Drain plan_drain(const Arguments& arguments, const Json& pods) {
  Drain drain;
  for (const Json& pod : pods) {
    const std::string phase = api::text_at(pod, "status.phase");
    const bool ended = phase == "Succeeded" || phase == "Failed";
    const std::string controller = controller_kind(pod);
    if (controller == "DaemonSet" && !ended) {
      if (arguments.has("ignore-daemonsets")) {
        note(drain.warned, "ignoring DaemonSet-managed Pods", pod);
      } else {
        note(drain.refused,
             "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", pod);
      }
      continue;
    }
    if (!ended && has_local_data(pod) && !arguments.has("delete-emptydir-data")) {
      note(drain.refused,
           "cannot delete Pods with local storage (use --delete-emptydir-data to override)", pod);
    } else if (!ended && controller.empty() && !arguments.has("force")) {
      note(drain.refused, "cannot delete Pods that declare no controller (use --force to override)",
           pod);
    } else {
      if (!ended && controller.empty()) {
        note(drain.warned, "deleting Pods that declare no controller", pod);
      }
      drain.evict.push_back(pod);
    }
  }
  return drain;
}

std::string listed(const std::map<std::string, std::string>& notes, const char* between) {
  std::string text;
  for (const auto& [what, pods] : notes) text += (text.empty() ? "" : between) + what + ": " + pods;
  return text;
}

Target pod_target(Session& session, const Json& pod) {
  Target target;
  target.type = &session.type("pods");
  target.space = api::text_at(pod, "metadata.namespace");
  target.name = api::text_at(pod, "metadata.name");
  return target;
}

void evict(Session& session, const Json& pod) {
  print("evicting pod " + shown(pod) + "\n");
  Json eviction = {{"apiVersion", "policy/v1"},
                   {"kind", "Eviction"},
                   {"metadata",
                    {{"name", api::text_at(pod, "metadata.name")},
                     {"namespace", api::text_at(pod, "metadata.namespace")}}}};
  if (const auto grace = number_of(session.arguments(), "grace-period"); grace >= 0) {
    eviction["deleteOptions"] = {{"gracePeriodSeconds", grace}};
  }
  try {
    session.api().send("POST", pod_target(session, pod).path() + "/eviction", eviction);
  } catch (const Refused& refused) {
    if (refused.code() != 404) throw;
  }
}

void drain_one(Session& session, const Target& node, const Change& change,
               std::optional<Moment> deadline) {
  set_unschedulable(session, node, change, true);
  const Json list = session.api().get(session.type("pods").collection(""),
                                      {{"fieldSelector", "spec.nodeName=" + node.name}});
  const Drain drain = plan_drain(session.arguments(), api::at_path(list, "items"));
  if (!drain.refused.empty()) {
    throw Error("unable to drain node \"" + node.name + "\": " + listed(drain.refused, ", "));
  }
  if (!drain.warned.empty()) print_error("Warning: " + listed(drain.warned, "; "));
  if (!change.is_dry()) {
    for (const Json& pod : drain.evict) evict(session, pod);
    for (const Json& pod : drain.evict) {
      await_removal(session, pod_target(session, pod), api::text_at(pod, "metadata.uid"), deadline);
      print("pod/" + api::text_at(pod, "metadata.name") + " evicted\n");
    }
  }
  change.told(fetch(session, node), "drained");
}

/// Throws UsageError for another type than nodes.
void expect_nodes(Session& session, const client::TaintWords& words) {
  if (words.objects.empty()) return;
  const std::string& word = words.objects.front();
  const ResourceType& type = session.type(word.substr(0, word.find('/')));
  if (type.kind != "Node") {
    throw UsageError("invalid resource type " + type.resource + ", only node types are supported");
  }
}

}  // namespace

int node_list(Session& session) {
  const Arguments arguments = of_nodes(session.arguments());
  Session nodes(arguments);
  return get(nodes);
}

int node_cordon(Session& session) { return change_each_node(session, true); }

int node_uncordon(Session& session) { return change_each_node(session, false); }

int node_drain(Session& session) {
  const Change change(session, "kubectl-drain");
  const std::optional<Moment> deadline = deadline_of(session.arguments());
  return for_each(session, node_targets(session), "",
                  [&](const Target& node) { drain_one(session, node, change, deadline); });
}

int taint(Session& session) {
  const client::TaintWords words = client::parse_taint_words(session.arguments().operands);
  expect_nodes(session, words);
  const Change change(session, "kubectl-taint");
  return for_each(
      session, find_targets(session, {.words = words.objects}), "", [&](const Target& target) {
        Json object = fetch(session, target);
        const client::TaintChange changed =
            client::change_taints(target.name, api::at_path(object, "spec.taints"), words,
                                  session.arguments().has("overwrite"));
        if (!change.is_local()) {
          // What was read is what is changed: others change taints, too.
          const Json patch = {
              {"metadata", {{"resourceVersion", api::text_at(object, "metadata.resourceVersion")}}},
              {"spec", {{"taints", changed.taints.empty() ? Json(nullptr) : changed.taints}}}};
          object = session.api().send("PATCH", target.path(), patch, change.query(), kMergePatch);
        }
        change.told(object, changed.verb);
      });
}

}  // namespace podrun::kube
