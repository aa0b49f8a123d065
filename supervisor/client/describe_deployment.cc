// A Deployment, and which of its ReplicaSets is the current one.
#include <algorithm>

#include "supervisor/client/describe.h"
#include "supervisor/client/describe_parts.h"

namespace podrun::client {
namespace {

/// Without what the deployment controller adds, and what means the same where it is absent.
Json comparable(Json pod_template) {
  if (!pod_template.is_object() || !pod_template.contains("metadata")) return pod_template;
  Json& metadata = pod_template["metadata"];
  if (!metadata.is_object()) return pod_template;
  if (metadata.contains("labels") && metadata["labels"].is_object()) {
    metadata["labels"].erase("pod-template-hash");
    if (metadata["labels"].empty()) metadata.erase("labels");
  }
  if (metadata.value("creationTimestamp", Json()).is_null()) metadata.erase("creationTimestamp");
  return pod_template;
}

struct Sets {
  std::vector<const Json*> old, current;
};

/// Oldest first. The current one is the oldest whose template is the deployment's.
Sets sets_of(const Json& deployment, const Json& all) {
  std::vector<const Json*> owned;
  for (const Json& set : all) {
    if (is_controlled_by(set, deployment)) owned.push_back(&set);
  }
  const auto age = [](const Json& set) {
    return std::pair(text_at(set, "metadata.creationTimestamp"), text_at(set, "metadata.name"));
  };
  std::stable_sort(owned.begin(), owned.end(),
                   [&](const Json* a, const Json* b) { return age(*a) < age(*b); });
  const Json wanted = comparable(at_path(deployment, "spec.template"));
  Sets sets;
  for (const Json* set : owned) {
    const bool current =
        sets.current.empty() && same_value(comparable(at_path(*set, "spec.template")), wanted);
    (current ? sets.current : sets.old).push_back(set);
  }
  return sets;
}

std::string sets_text(const std::vector<const Json*>& sets) {
  std::vector<std::string> texts;
  texts.reserve(sets.size());
  for (const Json* set : sets) {
    texts.push_back(text_at(*set, "metadata.name") + " (" + number_at(*set, "status.replicas") +
                    "/" + number_at(*set, "spec.replicas") + " replicas created)");
  }
  return or_none(joined(texts, ", "));
}

void write_strategy(Sheet& sheet, const Json& deployment) {
  sheet.field(0, "StrategyType", text_at(deployment, "spec.strategy.type"));
  sheet.field(0, "MinReadySeconds", number_at(deployment, "spec.minReadySeconds"));
  if (!is_set(deployment, "spec.strategy.rollingUpdate")) return;
  const Json& update = at_path(deployment, "spec.strategy.rollingUpdate");
  sheet.field(0, "RollingUpdateStrategy",
              text_at(update, "maxUnavailable") + " max unavailable, " +
                  text_at(update, "maxSurge") + " max surge");
}

}  // namespace

std::string describe_deployment(const Json& deployment, const Related& related, WallTime now) {
  Sheet sheet;
  write_name_and_namespace(sheet, deployment);
  sheet.field(0, "CreationTimestamp", time_at(deployment, "metadata.creationTimestamp"));
  write_labels_and_annotations(sheet, deployment);
  sheet.field(0, "Selector", selector_of(at_path(deployment, "spec.selector")));
  sheet.field(0, "Replicas",
              number_at(deployment, "spec.replicas") + " desired | " +
                  number_at(deployment, "status.updatedReplicas") + " updated | " +
                  number_at(deployment, "status.replicas") + " total | " +
                  number_at(deployment, "status.availableReplicas") + " available | " +
                  number_at(deployment, "status.unavailableReplicas") + " unavailable");
  write_strategy(sheet, deployment);
  write_pod_template(sheet, at_path(deployment, "spec.template"));
  write_reasoned_conditions(sheet, deployment);
  const Sets sets = sets_of(deployment, related.replica_sets);
  if (!sets.old.empty() || !sets.current.empty()) {
    sheet.field(0, "OldReplicaSets", sets_text(sets.old));
    sheet.field(0, "NewReplicaSet", sets_text(sets.current));
  }
  write_events(sheet, related.events, now);
  return sheet.text();
}

}  // namespace podrun::client
