#include "supervisor/manifest/validate_pod_settings.h"

#include <set>
#include <string>
#include <vector>

#include "base/go_text.h"
#include "base/text.h"
#include "supervisor/manifest/validate_selector.h"

namespace podrun::manifest {

namespace {

/// The strings of a list; what else it holds counts as empty.
std::vector<std::string> strings_at(const Json& object, const char* field) {
  std::vector<std::string> out;
  const auto& items = list_at(object, field);
  out.reserve(items.size());
  for (const Json& item : items) {
    out.push_back(item.is_string() ? item.get<std::string>() : "");
  }
  return out;
}

/// `[]string{"a", "b"}`.
std::string go_strings(const std::vector<std::string>& strings) {
  std::vector<std::string> quoted;
  quoted.reserve(strings.size());
  for (const std::string& each : strings) quoted.push_back(go_quote(each));
  return "[]string{" + joined(quoted, ", ") + "}";
}

void check_nameservers(const Path& path, const std::vector<std::string>& servers, Report& report) {
  constexpr std::size_t kMost = 3;  // libc looks at no more
  if (servers.size() > kMost) {
    report.invalid_shown(path, go_strings(servers), "must not have more than 3 nameservers");
  }
  for (std::size_t i = 0; i < servers.size(); ++i) {
    report.invalid(path[i], servers[i], check_ip(servers[i]));
  }
}

void check_searches(const Path& path, const std::vector<std::string>& searches, Report& report) {
  constexpr std::size_t kMost = 32, kMostBytes = 2048;
  if (searches.size() > kMost) {
    report.invalid_shown(path, go_strings(searches), "must not have more than 32 search paths");
  }
  if (joined(searches, " ").size() > kMostBytes) {
    report.invalid_shown(path, go_strings(searches),
                         "must not have more than 2048 characters (including spaces) in the search "
                         "list");
  }
  for (std::size_t i = 0; i < searches.size(); ++i) {
    std::string domain = searches[i];
    if (domain == ".") continue;
    if (domain.ends_with('.')) domain.pop_back();
    report.invalid(path[i], domain, check_dns1123_subdomain(domain));
  }
}

void check_dns_config(const Path& path, const Json& config, const std::string& policy,
                      Report& report) {
  const std::vector<std::string> servers = strings_at(config, "nameservers");
  if (policy == "None" && servers.empty()) {
    report.required(path / "nameservers",
                    "must provide at least one DNS nameserver when `dnsPolicy` is None");
    return;
  }
  check_nameservers(path / "nameservers", servers, report);
  check_searches(path / "searches", strings_at(config, "searches"), report);
  const Json& options = list_at(config, "options");
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (text_at(options[i], "name").empty()) {
      report.required((path / "options")[i], "must not be empty");
    }
  }
}

void check_min_domains(const Path& path, const Json& constraint, Report& report) {
  if (find(constraint, "minDomains") == nullptr) return;
  const std::int64_t least = number_at(constraint, "minDomains");
  if (least <= 0) report.invalid(path, least, "must be greater than zero");
  const std::string action = text_at(constraint, "whenUnsatisfiable");
  if (action != "DoNotSchedule") {
    report.invalid(path, least,
                   "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not " + action);
  }
}

void check_constraint(const Path& path, const Json& constraint, bool is_repeated, Report& report) {
  const std::int64_t skew = number_at(constraint, "maxSkew");
  if (skew <= 0) report.invalid(path / "maxSkew", skew, "must be greater than zero");
  const std::string key = text_at(constraint, "topologyKey");
  if (key.empty()) report.required(path / "topologyKey", "can not be empty");
  const std::string action = text_at(constraint, "whenUnsatisfiable");
  if (action != "DoNotSchedule" && action != "ScheduleAnyway") {
    report.not_supported(path / "whenUnsatisfiable", action, {"DoNotSchedule", "ScheduleAnyway"});
  }
  if (is_repeated) {
    report.duplicate(path / "{topologyKey, whenUnsatisfiable}", "{" + key + ", " + action + "}");
  }
  check_min_domains(path / "minDomains", constraint, report);
  for (const char* field : {"nodeAffinityPolicy", "nodeTaintsPolicy"}) {
    const std::string policy = text_at(constraint, field);
    if (find(constraint, field) != nullptr && policy != "Honor" && policy != "Ignore") {
      report.not_supported(path / field, policy, {"Honor", "Ignore"});
    }
  }
  const Json* selector = find(constraint, "labelSelector");
  if (selector != nullptr && selector->is_object()) {
    validate_label_selector(path / "labelSelector", *selector, report);
  }
}

void check_spread(const Path& path, const Json& constraints, Report& report) {
  const auto kind = [&](std::size_t i) {
    return std::pair(text_at(constraints[i], "topologyKey"),
                     text_at(constraints[i], "whenUnsatisfiable"));
  };
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    bool is_repeated = false;
    for (std::size_t j = i + 1; j < constraints.size(); ++j) is_repeated |= kind(i) == kind(j);
    check_constraint(path[i], constraints[i], is_repeated, report);
  }
}

void check_gates(const Path& path, const Json& gates, Report& report) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < gates.size(); ++i) {
    const std::string name = text_at(gates[i], "name");
    report.invalid(path[i], name, check_qualified_name(name));
    if (!names.insert(name).second) report.duplicate(path[i], name);
  }
}

}  // namespace

void validate_pod_settings(const Path& path, const Json& spec, Report& report) {
  if (const Json* config = find(spec, "dnsConfig"); config != nullptr && config->is_object()) {
    check_dns_config(path / "dnsConfig", *config, text_at(spec, "dnsPolicy"), report);
  }
  check_spread(path / "topologySpreadConstraints", list_at(spec, "topologySpreadConstraints"),
               report);
  check_gates(path / "schedulingGates", list_at(spec, "schedulingGates"), report);
  const Json* change = find(find(spec, "securityContext"), "fsGroupChangePolicy");
  if (change != nullptr && *change != "Always" && *change != "OnRootMismatch") {
    report.not_supported(path / "securityContext" / "fsGroupChangePolicy",
                         change->get<std::string>(), {"Always", "OnRootMismatch"});
  }
}

}  // namespace podrun::manifest
