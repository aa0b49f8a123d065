#include "supervisor/controllers/deployment.h"

#include <algorithm>
#include <array>

#include "supervisor/controllers/controller_ref.h"
#include "supervisor/controllers/pod_names.h"
#include "supervisor/controllers/share.h"

namespace podrun::controllers {
namespace {

/// An integer or a percentage of spec.replicas; a quarter is apps/v1's default.
std::int64_t rolling_share(const Json& deployment, const char* field, bool round_up) {
  const std::int64_t all = replicas_of(deployment);
  const Json* given = find(deployment, {"spec", "strategy", "rollingUpdate", field});
  return share_of(given, all, round_up, (all * 25 + (round_up ? 99 : 0)) / 100);
}

Json without_hash(Json pod_template) {
  if (find(pod_template, {"metadata", "labels"}) != nullptr) {
    pod_template["metadata"]["labels"].erase(kTemplateHashLabel);
  }
  if (pod_template.contains("metadata")) pod_template["metadata"].erase("creationTimestamp");
  return pod_template;
}

bool is_copied(const std::string& annotation) {
  static constexpr std::array kNot = {"kubectl.kubernetes.io/last-applied-configuration",
                                      kRevision,
                                      kRevisionHistory,
                                      kDesiredReplicas,
                                      kMaxReplicas,
                                      "deprecated.deployment.rollback.to"};
  return std::find(kNot.begin(), kNot.end(), annotation) == kNot.end();
}

const Json& template_of(const Json& object) {
  static const Json none = Json::object();
  const Json* found = find(object, {"spec", "template"});
  return found == nullptr ? none : *found;
}

bool is_older(const store::Object& a, const store::Object& b) {
  const std::string& first = text_at(*a.json, {"metadata", "creationTimestamp"});
  const std::string& second = text_at(*b.json, {"metadata", "creationTimestamp"});
  return first != second ? first < second : a.key.name < b.key.name;
}

}  // namespace

std::int64_t replicas_of(const Json& object) { return number_at(object, {"spec", "replicas"}, 1); }

bool is_rolling(const Json& deployment) {
  return text_at(deployment, {"spec", "strategy", "type"}) != "Recreate";
}

std::int64_t max_surge(const Json& deployment) {
  return is_rolling(deployment) ? rolling_share(deployment, "maxSurge", true) : 0;
}

std::int64_t max_unavailable(const Json& deployment) {
  if (!is_rolling(deployment) || replicas_of(deployment) == 0) return 0;
  const std::int64_t most = rolling_share(deployment, "maxUnavailable", false);
  // Both zero could not go on: percentages may round to that (util.ResolveFenceposts).
  if (most == 0 && max_surge(deployment) == 0) return 1;
  return std::min(most, replicas_of(deployment));
}

std::string template_hash(const Json& pod_template, std::int64_t collisions) {
  // nlohmann::json sorts the fields.
  const nlohmann::json sorted = nlohmann::json::parse(without_hash(pod_template).dump());
  std::string text = sorted.dump();
  if (collisions > 0) text += std::to_string(collisions);
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char each : text) {
    hash = (hash ^ static_cast<unsigned char>(each)) * 16777619U;
  }
  return safe_encode(std::to_string(hash));
}

bool same_template(const Json& a, const Json& b) {
  return same_value(without_hash(a), without_hash(b));
}

std::vector<store::Object> ReplicaSets::all() const {
  std::vector<store::Object> sets = old;
  if (latest) sets.push_back(*latest);
  return sets;
}

ReplicaSets split_sets(const Json& deployment, std::vector<store::Object> owned) {
  std::sort(owned.begin(), owned.end(), is_older);
  ReplicaSets sets;
  for (store::Object& each : owned) {
    // Of several that are equal, which only a user can make, the oldest is the one.
    if (!sets.latest && same_template(template_of(*each.json), template_of(deployment))) {
      sets.latest = std::move(each);
    } else {
      sets.old.push_back(std::move(each));
    }
  }
  return sets;
}

Json new_set(const Json& deployment, const std::string& hash) {
  Json pod_template = template_of(deployment);
  pod_template["metadata"]["labels"][kTemplateHashLabel] = hash;
  Json selector = deployment.at("spec").value("selector", Json::object());
  selector["matchLabels"][kTemplateHashLabel] = hash;
  Json spec = {{"replicas", 0}};
  const std::int64_t min_ready = number_at(deployment, {"spec", "minReadySeconds"});
  if (min_ready != 0) spec["minReadySeconds"] = min_ready;
  spec["selector"] = std::move(selector);
  Json labels = pod_template["metadata"]["labels"];
  spec["template"] = std::move(pod_template);
  return {{"apiVersion", "apps/v1"},
          {"kind", "ReplicaSet"},
          {"metadata",
           {{"name", name_of(deployment) + "-" + hash},
            {"namespace", text_at(deployment, {"metadata", "namespace"})},
            {"labels", std::move(labels)},
            {"ownerReferences",
             Json::array({make_controller_ref(deployment, "apps/v1", "Deployment")})}}},
          {"spec", std::move(spec)}};
}

std::int64_t revision_of(const Json& object) {
  const std::string& text = annotation_of(object, kRevision);
  std::int64_t revision = 0;
  std::from_chars(text.data(), text.data() + text.size(), revision);
  return revision;
}

Json with_annotations(Json replica_set, const Json& deployment, std::int64_t revision) {
  if (const Json* given = find(deployment, {"metadata", "annotations"})) {
    for (const auto& [name, value] : given->items()) {
      if (is_copied(name)) replica_set["metadata"]["annotations"][name] = value;
    }
  }
  const std::int64_t present = revision_of(replica_set);
  if (present >= revision) return replica_set;
  Json& annotations = replica_set["metadata"]["annotations"];
  if (present > 0) {
    const std::string history = annotation_of(replica_set, kRevisionHistory);
    annotations[kRevisionHistory] =
        (history.empty() ? "" : history + ",") + std::to_string(present);
  }
  annotations[kRevision] = std::to_string(revision);
  return replica_set;
}

Json with_size(Json replica_set, const Json& deployment, std::int64_t replicas) {
  const std::int64_t desired = replicas_of(deployment);
  replica_set["spec"]["replicas"] = replicas;
  Json& annotations = replica_set["metadata"]["annotations"];
  annotations[kDesiredReplicas] = std::to_string(desired);
  annotations[kMaxReplicas] = std::to_string(desired + max_surge(deployment));
  return replica_set;
}

std::vector<store::Object> sets_to_forget(const Json& deployment, std::vector<store::Object> old) {
  const std::int64_t limit = number_at(deployment, {"spec", "revisionHistoryLimit"}, 10);
  std::erase_if(old, [](const store::Object& set) { return is_being_deleted(*set.json); });
  const std::int64_t extra = static_cast<std::int64_t>(old.size()) - limit;
  if (extra <= 0) return {};
  std::stable_sort(old.begin(), old.end(), [](const store::Object& a, const store::Object& b) {
    return revision_of(*a.json) < revision_of(*b.json);
  });
  old.resize(static_cast<std::size_t>(extra));
  std::erase_if(old, [](const store::Object& set) {
    return replicas_of(*set.json) != 0 || number_at(*set.json, {"status", "replicas"}) != 0 ||
           number_at(*set.json, {"metadata", "generation"}) >
               number_at(*set.json, {"status", "observedGeneration"});
  });
  return old;
}

}  // namespace podrun::controllers
