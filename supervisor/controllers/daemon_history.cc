#include "supervisor/controllers/daemon_history.h"

#include <algorithm>
#include <set>

#include "supervisor/controllers/daemon_set.h"
#include "supervisor/controllers/deployment.h"

namespace podrun::controllers {
namespace {

std::int64_t number_of(const store::Object& revision) {
  return number_at(*revision.json, {"revision"});
}

}  // namespace

Json revision_data(const Json& set) {
  Json kept = {{"$patch", "replace"}};
  if (const Json* present = find(set, {"spec", "template"})) {
    for (const auto& [name, value] : present->items()) kept[name] = value;
  }
  return {{"spec", {{"template", std::move(kept)}}}};
}

bool keeps_template(const Json& revision, const Json& set) {
  const Json* data = find(revision, {"data"});
  return data != nullptr && same_value(*data, revision_data(set));
}

Revisions split_revisions(const Json& set, std::vector<store::Object> owned) {
  std::sort(owned.begin(), owned.end(), [](const store::Object& a, const store::Object& b) {
    return std::pair(number_of(a), a.key.name) < std::pair(number_of(b), b.key.name);
  });
  Revisions split;
  for (store::Object& each : owned) {
    // Of several that keep the same, the latest counts, and the others are history.
    if (keeps_template(*each.json, set)) {
      if (split.current) split.old.push_back(*split.current);
      split.current = std::move(each);
    } else {
      split.old.push_back(std::move(each));
    }
  }
  for (const store::Object& each : split.old) {
    split.number = std::max(split.number, number_of(each) + 1);
  }
  if (split.current) split.number = std::max(split.number, number_of(*split.current));
  return split;
}

Json new_revision(const Json& set, const Json& owner_ref, std::int64_t number) {
  const Json* pod_template = find(set, {"spec", "template"});
  const std::string hash = template_hash(pod_template == nullptr ? Json::object() : *pod_template,
                                         number_at(set, {"status", "collisionCount"}));
  const Json* labels = find(set, {"spec", "template", "metadata", "labels"});
  const Json* annotations = find(set, {"metadata", "annotations"});
  Json metadata = {{"name", name_of(set) + "-" + hash},
                   {"namespace", text_at(set, {"metadata", "namespace"})},
                   {"labels", labels == nullptr ? Json::object() : *labels},
                   {"ownerReferences", Json::array({owner_ref})}};
  metadata["labels"][kRevisionHashLabel] = hash;
  if (annotations != nullptr) metadata["annotations"] = *annotations;
  return {{"apiVersion", "apps/v1"},
          {"kind", "ControllerRevision"},
          {"metadata", std::move(metadata)},
          {"data", revision_data(set)},
          {"revision", number}};
}

const std::string& hash_of(const Json& revision) {
  return text_at(revision, {"metadata", "labels", kRevisionHashLabel});
}

std::vector<store::Object> revisions_to_forget(const Json& set,
                                               const std::vector<store::Object>& old,
                                               const std::vector<store::Object>& pods) {
  std::set<std::string> used;
  for (const store::Object& pod : pods) {
    used.insert(text_at(*pod.json, {"metadata", "labels", kRevisionHashLabel}));
  }
  std::int64_t surplus =
      static_cast<std::int64_t>(old.size()) - number_at(set, {"spec", "revisionHistoryLimit"}, 10);
  std::vector<store::Object> forgotten;
  for (const store::Object& each : old) {
    if (surplus <= 0) break;
    if (used.count(hash_of(*each.json)) > 0) continue;
    forgotten.push_back(each);
    --surplus;
  }
  return forgotten;
}

}  // namespace podrun::controllers
