// `podrun node …` and `podrun taint`.
#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/nodes.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/node_table.h"
#include "supervisor/client/taint_words.h"

namespace podrun::kube {
namespace {

/// The words name nodes, whose type they need not say.
Arguments of_nodes(const Arguments& arguments) {
  Arguments made = arguments;
  made.operands.insert(made.operands.begin(), "nodes");
  return made;
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

int change_each_node(Session& session, bool unschedulable) {
  const Change change(session, "kubectl-cordon");
  return for_each(session, node_targets(session), "", [&](const Target& node) {
    set_unschedulable(session, node, change, unschedulable);
  });
}

}  // namespace

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

int node_list(Session& session) {
  const Arguments arguments = of_nodes(session.arguments());
  Session nodes(arguments);
  return get_amended(nodes, [&](Json& table) {
    try {
      client::tell_of_added_nodes(table, nodes.api().get("/podrun/v1/nodes"));
    } catch (const Refused&) {
      // Another API, or another user: it is not theirs to know.
    }
  });
}

int node_cordon(Session& session) { return change_each_node(session, true); }

int node_uncordon(Session& session) { return change_each_node(session, false); }

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
