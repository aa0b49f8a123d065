#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "base/go_text.h"
#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

constexpr std::string_view kHugePages = "hugepages-";

bool is_huge_pages(const std::string& name) { return name.starts_with(kHugePages); }
/// In the kubernetes.io namespace, as names without one are.
bool is_native(const std::string& name) {
  return name.find('/') == std::string::npos || name.find("kubernetes.io/") != std::string::npos;
}
bool may_overcommit(const std::string& name) { return is_native(name) && !is_huge_pages(name); }
bool is_extended(const std::string& name) {
  return !is_native(name) && !name.starts_with("requests.") &&
         check_qualified_name("requests." + name).empty();
}

/// Names that Kubernetes knows for quotas, but that no container can ask for.
bool is_quota_name(const std::string& name) {
  constexpr std::array<std::string_view, 13> kNames = {"pods",
                                                       "services",
                                                       "replicationcontrollers",
                                                       "resourcequotas",
                                                       "secrets",
                                                       "configmaps",
                                                       "persistentvolumeclaims",
                                                       "storage",
                                                       "services.nodeports",
                                                       "services.loadbalancers",
                                                       "requests.cpu",
                                                       "requests.memory",
                                                       "limits.cpu"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() || name == "limits.memory";
}

void check_name(const Path& path, const std::string& name, Report& report) {
  const Problems problems = check_qualified_name(name);
  report.invalid(path, name, problems);
  if (!problems.empty()) return;
  if (name.find('/') == std::string::npos) {
    const bool standard =
        name == "cpu" || name == "memory" || name == "ephemeral-storage" || is_huge_pages(name);
    if (standard) return;
    if (!is_quota_name(name)) {
      report.invalid(path, name, "must be a standard resource type or fully qualified");
    }
    report.invalid(path, name, "must be a standard resource for containers");
  } else if (!is_native(name) && !is_extended(name)) {
    report.invalid(path, name, "doesn't follow extended resource name standard");
  }
}

bool is_divisible(const std::string& name, const Quantity& quantity) {
  try {
    const Quantity page = Quantity::parse(name.substr(kHugePages.size()));
    return page.value() > 0 && quantity.value() % page.value() == 0;
  } catch (const BadInput&) {
    return false;
  }
}

void check_quantity(const Path& path, const std::string& name, const Quantity& quantity,
                    Report& report) {
  if (quantity.is_negative()) {
    report.invalid(path, quantity.canonical(), "must be greater than or equal to 0");
  }
  const bool fraction = quantity.milli_value() % 1000 != 0;
  if (is_extended(name) && fraction) {
    report.invalid(path, quantity.canonical(), "must be an integer");
  }
  if (is_huge_pages(name) && !is_divisible(name, quantity)) {
    report.invalid(path, quantity.canonical(),
                   quantity.canonical() + " is not positive integer multiple of " + name);
  }
  if ((name == "memory" || name == "ephemeral-storage") && fraction) {
    report.warning(path, "fractional byte value " + go_quote(quantity.text()) +
                             " is invalid, must be an integer");
  }
}

void check_against_limit(const Path& path, const std::string& name, const Quantity& request,
                         const ResourceRequirements& resources, Report& report) {
  const auto limit = resources.limits.find(name);
  if (limit == resources.limits.end()) {
    if (!may_overcommit(name)) {
      report.required(path / "limits", "Limit must be set for non overcommitable resources");
    }
    return;
  }
  const std::string of = " " + name + " limit of " + limit->second.canonical();
  const Path at = (path / "requests").with_line_of((path / "requests").key(name));
  if (!(request == limit->second) && !may_overcommit(name)) {
    report.invalid(at, request.canonical(), "must be equal to" + of);
  } else if (limit->second < request) {
    report.invalid(at, request.canonical(), "must be less than or equal to" + of);
  }
}

}  // namespace

void validate_resources(const Path& path, const ResourceRequirements& resources, Report& report) {
  bool computes = false;
  bool huge = false;
  const auto look = [&](const std::string& name) {
    computes = computes || name == "cpu" || name == "memory";
    huge = huge || is_huge_pages(name);
  };
  for (const auto& [name, quantity] : resources.limits) {
    const Path at = (path / "limits").key(name);
    check_name(at, name, report);
    check_quantity(at, name, quantity, report);
    look(name);
  }
  for (const auto& [name, quantity] : resources.requests) {
    const Path at = (path / "requests").key(name);
    look(name);
    // A request that only defaults to the limit is no second mistake.
    if (at.node() == nullptr) continue;
    check_name(at, name, report);
    check_quantity(at, name, quantity, report);
    check_against_limit(path, name, quantity, resources, report);
  }
  if (huge && !computes) report.forbidden(path, "HugePages require cpu or memory");
}

/// pkg/apis/core/validation, validateResizePolicy.
void validate_resize_policy(const Path& container_path, const Container& container,
                            RestartPolicy of_pod, bool init, Report& report) {
  const Path path = container_path / "resizePolicy";
  if (init) {
    if (container.resize_policy.empty()) return;
    std::string shown;
    for (const auto& [resource, policy] : container.resize_policy) {
      shown += (shown.empty() ? "" : ", ") +
               ("core.ContainerResizePolicy{ResourceName:" + go_quote(resource) +
                ", RestartPolicy:" + go_quote(policy) + "}");
    }
    report.invalid_shown(path, "[]core.ContainerResizePolicy{" + shown + "}",
                         "must not be set for init containers");
    return;
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < container.resize_policy.size(); ++i) {
    const auto& [resource, policy] = container.resize_policy[i];
    if (!seen.insert(resource).second) report.duplicate(path[i], resource);
    if (resource.empty()) {
      report.required(path);
    } else if (resource != "cpu" && resource != "memory") {
      report.not_supported(path, resource, {"cpu", "memory"});
    }
    if (policy.empty()) {
      report.required(path);
    } else if (policy != "NotRequired" && policy != "RestartContainer") {
      report.not_supported(path, policy, {"NotRequired", "RestartContainer"});
    }
    if (of_pod == RestartPolicy::kNever && policy != "NotRequired") {
      report.invalid(path, policy, "must be 'NotRequired' when `restartPolicy` is 'Never'");
    }
  }
}

}  // namespace podrun::manifest
