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
  const std::vector<std::string> names = container_names(pod);
  const std::string pod_name = api::text_at(pod, "metadata.name");
  if (!wanted.empty()) {
    if (std::find(names.begin(), names.end(), wanted) == names.end()) {
      throw Error("container " + wanted + " not found in pod " + pod_name);
    }
    return wanted;
  }
  const Json& annotations = api::at_path(pod, "metadata.annotations");
  if (annotations.is_object() && annotations.contains(kDefaultContainer)) {
    return annotations.at(kDefaultContainer).get<std::string>();
  }
  std::string first = api::text_at(api::at_path(pod, "spec.containers").at(0), "name");
  if (tell && names.size() > 1) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    print_error("Defaulted container \"" + first + "\" out of: " + all);
  }
  return first;
}

Json pod_to_enter(Session& session, const std::string& word) {
  return pods_of(session, named_target(session, word)).front();
}

}  // namespace podrun::kube
