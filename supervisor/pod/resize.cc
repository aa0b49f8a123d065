#include "supervisor/pod/resize.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "supervisor/manifest/json.h"

namespace podrun::pod {
namespace {

using Json = nlohmann::ordered_json;
using Quantities = std::map<std::string, Quantity>;

/// Absent and zero are the same to a cgroup.
bool differ(const Quantities& one, const Quantities& other, const char* name) {
  const auto value = [&](const Quantities& quantities) {
    const auto found = quantities.find(name);
    return found == quantities.end() ? Quantity() : found->second;
  };
  return !(value(one) == value(other));
}

bool restarts_for(const manifest::Container& container, const std::string& resource) {
  return std::any_of(container.resize_policy.begin(), container.resize_policy.end(),
                     [&](const manifest::ContainerResizePolicy& policy) {
                       return policy.resource_name == resource &&
                              policy.restart_policy == "RestartContainer";
                     });
}

Json summary_of(const std::vector<manifest::Container>& containers) {
  Json out = Json::array();
  for (const manifest::Container& container : containers) {
    out.push_back(
        {{"name", container.name}, {"resources", manifest::to_json(container.resources)}});
  }
  return out;
}

}  // namespace

ResizeEffect resize_effect(const manifest::ResourceRequirements& has,
                           const manifest::Container& wanted) {
  ResizeEffect effect = ResizeEffect::kNone;
  for (const char* resource : {"cpu", "memory"}) {
    if (!differ(has.limits, wanted.resources.limits, resource) &&
        !differ(has.requests, wanted.resources.requests, resource)) {
      continue;
    }
    if (restarts_for(wanted, resource)) return ResizeEffect::kRestart;
    effect = ResizeEffect::kInPlace;
  }
  return effect;
}

bool same_resources(const manifest::PodSpec& one, const manifest::PodSpec& other) {
  const auto same = [](const std::vector<manifest::Container>& a,
                       const std::vector<manifest::Container>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
      return x.resources.limits == y.resources.limits &&
             x.resources.requests == y.resources.requests;
    });
  };
  return same(one.containers, other.containers) && same(one.init_containers, other.init_containers);
}

void take_resources(manifest::PodSpec& to, const manifest::PodSpec& from) {
  const auto take = [](std::vector<manifest::Container>& into,
                       const std::vector<manifest::Container>& given) {
    for (manifest::Container& container : into) {
      const auto found = std::find_if(given.begin(), given.end(), [&](const auto& each) {
        return each.name == container.name;
      });
      if (found != given.end()) container.resources = found->resources;
    }
  };
  take(to.containers, from.containers);
  take(to.init_containers, from.init_containers);
}

std::string falls_refused(const std::vector<MemoryFall>& falls) {
  std::vector<std::string> refused;
  for (const MemoryFall& fall : falls) {
    if (!fall.after || (fall.before && *fall.before <= *fall.after)) continue;
    if (fall.used <= static_cast<std::uint64_t>(*fall.after)) continue;
    const std::string whose =
        fall.container.empty() ? "pod" : "container \"" + fall.container + "\"";
    refused.push_back("attempting to set " + whose + " memory limit (" +
                      std::to_string(*fall.after) + ") below current usage (" +
                      std::to_string(fall.used) + ")");
  }
  if (refused.empty()) return "";
  const std::string all = joined(refused, ", ");
  return "cannot decrease memory limits: " + (refused.size() == 1 ? all : "[" + all + "]");
}

std::string resize_message(const std::string& what, const manifest::PodSpec& spec,
                           std::int64_t generation, const std::string& error) {
  Json summary = Json::object();
  if (!spec.init_containers.empty()) summary["initContainers"] = summary_of(spec.init_containers);
  summary["containers"] = summary_of(spec.containers);
  summary["generation"] = generation;
  if (!error.empty()) summary["error"] = error;
  return "Pod resize " + what + ": " + summary.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace podrun::pod
