#include "cli/kube/pods.h"

#include <algorithm>

#include "supervisor/api/json_path.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::kube {
namespace {

constexpr const char* kDefaultContainer = "kubectl.kubernetes.io/default-container";

std::string selector_of(const Target& target, const Json& object) {
  const Json& selector = api::at_path(object, "spec.selector");
  if (!selector.is_object() || selector.empty()) {
    throw Error("cannot attach to " + target.shown() + ": it has no selector of pods");
  }
  const bool plain = !selector.contains("matchLabels") && !selector.contains("matchExpressions");
  return (plain ? manifest::LabelSelector::from_map(selector)
                : manifest::LabelSelector::from_label_selector(selector))
      .to_string();
}

bool is_ready(const Json& pod) {
  for (const Json& condition : api::at_path(pod, "status.conditions")) {
    if (api::text_at(condition, "type") == "Ready") {
      return api::text_at(condition, "status") == "True";
    }
  }
  return false;
}

}  // namespace

std::vector<Json> pods_of(Session& session, const Target& target) {
  if (target.type->resource == "pods") return {fetch(session, target)};
  const std::string selector = selector_of(target, fetch(session, target));
  const ResourceType& pods = session.type("pods");
  const Json list = session.api().get(pods.collection(target.space), {{"labelSelector", selector}});
  std::vector<Json> found = api::at_path(list, "items").get<std::vector<Json>>();
  std::stable_sort(found.begin(), found.end(), [](const Json& a, const Json& b) {
    if (is_ready(a) != is_ready(b)) return is_ready(a);
    return api::text_at(a, "metadata.creationTimestamp") <
           api::text_at(b, "metadata.creationTimestamp");
  });
  if (found.empty()) throw Error("no pods of " + target.shown() + " are there");
  return found;
}

namespace {

/// As kubectl lists what could have been meant: "c, d, i (init)".
std::string container_choices(const Json& pod) {
  std::string all;
  for (const auto& [list, note] :
       {std::pair{"spec.containers", ""}, std::pair{"spec.initContainers", " (init)"},
        std::pair{"spec.ephemeralContainers", " (ephem)"}}) {
    for (const Json& container : api::at_path(pod, list)) {
      all += (all.empty() ? "" : ", ") + api::text_at(container, "name") + note;
    }
  }
  return all;
}

}  // namespace

std::vector<std::string> container_names(const Json& pod) {
  std::vector<std::string> names;
  for (const char* list : {"spec.initContainers", "spec.containers"}) {
    for (const Json& container : api::at_path(pod, list)) {
      names.push_back(api::text_at(container, "name"));
    }
  }
  return names;
}

std::string chosen_container(const Json& pod, const std::string& wanted, bool tell) {
  if (!wanted.empty()) return wanted;
  const Json& annotations = api::at_path(pod, "metadata.annotations");
  if (annotations.is_object() && annotations.contains(kDefaultContainer)) {
    return annotations.at(kDefaultContainer).get<std::string>();
  }
  std::string first = api::text_at(api::at_path(pod, "spec.containers").at(0), "name");
  if (tell && container_names(pod).size() > 1) {
    print_error("Defaulted container \"" + first + "\" out of: " + container_choices(pod));
  }
  return first;
}

void expect_container(const Json& pod, const std::string& name, const std::string& refusal) {
  const std::vector<std::string> names = container_names(pod);
  if (std::find(names.begin(), names.end(), name) == names.end()) throw Error(refusal);
}

Json pod_to_enter(Session& session, const std::string& word) {
  return pods_of(session, named_target(session, word)).front();
}

}  // namespace podrun::kube
