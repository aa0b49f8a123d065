#include "supervisor/client/node_load.h"

namespace podrun::client {
namespace {

void add_each(Resources& total, const Resources& more) {
  for (const auto& [name, value] : more) {
    // Not added to a zero: the first one's text is kept as it is.
    const auto [at, is_new] = total.try_emplace(name, value);
    if (!is_new) at->second += value;
  }
}

void raise_each(Resources& total, const Resources& other) {
  for (const auto& [name, value] : other) {
    const auto [at, is_new] = total.try_emplace(name, value);
    if (!is_new && at->second < value) at->second = value;
  }
}

Resources of_containers(const Json& pod, const std::string& field) {
  Resources total;
  for (const Json& container : at_path(pod, "spec.containers")) {
    add_each(total, resources_at(container, field));
  }
  Resources sidecars, starting;
  for (const Json& container : at_path(pod, "spec.initContainers")) {
    Resources own = resources_at(container, field);
    if (text_at(container, "restartPolicy") == "Always") {
      add_each(total, own);
      add_each(sidecars, own);
      own = sidecars;
    } else {
      add_each(own, sidecars);
    }
    raise_each(starting, own);
  }
  raise_each(total, starting);
  return total;
}

Resources of_pod(const Json& pod, const std::string& field, bool requests) {
  Resources total = of_containers(pod, field);
  for (const auto& [name, value] : resources_at(pod, "spec.overhead")) {
    // An unlimited resource stays so.
    if (requests || total.contains(name)) add_each(total, {{name, value}});
  }
  return total;
}

}  // namespace

PodNeeds needs_of(const Json& pod) {
  return {of_pod(pod, "resources.requests", true), of_pod(pod, "resources.limits", false)};
}

void add(PodNeeds& total, const PodNeeds& needs) {
  add_each(total.requests, needs.requests);
  add_each(total.limits, needs.limits);
}

}  // namespace podrun::client
