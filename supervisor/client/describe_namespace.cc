// A namespace, with its quotas and limit ranges.
#include <algorithm>
#include <set>

#include "supervisor/client/describe.h"
#include "supervisor/client/describe_parts.h"

namespace podrun::client {
namespace {

std::string scope_help(const std::string& scope) {
  if (scope == "Terminating") {
    return "Matches all pods that have an active deadline. These pods have a limited lifespan on a "
           "node before being actively terminated by the system.";
  }
  if (scope == "NotTerminating") {
    return "Matches all pods that do not have an active deadline. These pods usually include long "
           "running pods whose container command is not expected to terminate.";
  }
  if (scope == "BestEffort") {
    return "Matches all pods that do not have resource requirements set. These pods have a best "
           "effort quality of service.";
  }
  if (scope == "NotBestEffort") {
    return "Matches all pods that have at least one resource requirement set. These pods have a "
           "burstable or guaranteed quality of service.";
  }
  return "";
}

void write_quota(Sheet& sheet, const Json& quota) {
  sheet.field(1, "Name", text_at(quota, "metadata.name"));
  std::vector<std::string> scopes = list_at(quota, "spec.scopes");
  std::sort(scopes.begin(), scopes.end());
  if (!scopes.empty()) sheet.field(1, "Scopes", joined(scopes, ", "));
  for (const std::string& scope : scopes) {
    const std::string help = scope_help(scope);
    if (!help.empty()) sheet.line(1, "* " + help);
  }
  sheet.row(1, {"Resource", "Used", "Hard"});
  sheet.row(1, {"--------", "---", "---"});
  Resources used = resources_at(quota, "status.used");
  for (const auto& [name, hard] : resources_at(quota, "status.hard")) {
    sheet.row(1, {name, used[name].canonical(), hard.canonical()});
  }
}

void write_quotas(Sheet& sheet, const Json& quotas) {
  sheet.empty_line();
  if (quotas.empty()) return sheet.line(0, "No resource quota.");
  sheet.line(0, "Resource Quotas");
  for (const Json& quota : sorted_by(quotas, "metadata.name")) write_quota(sheet, quota);
}

void write_limit(Sheet& sheet, const Json& limit) {
  constexpr const char* kFields[] = {"min", "max", "defaultRequest", "default",
                                     "maxLimitRequestRatio"};
  std::vector<Resources> columns;
  std::set<std::string> names;
  for (const char* field : kFields) {
    columns.push_back(resources_at(limit, field));
    for (const auto& [name, value] : columns.back()) names.insert(name);
  }
  // kubectl goes by Go's order of maps, which is none.
  for (const std::string& name : names) {
    std::string row = " " + text_at(limit, "type") + "\t" + name;
    for (const Resources& column : columns) {
      const auto value = column.find(name);
      row += "\t" + (value == column.end() ? "-" : value->second.canonical());
    }
    sheet.line(0, row);
  }
}

void write_limit_ranges(Sheet& sheet, const Json& ranges) {
  sheet.empty_line();
  if (ranges.empty()) return sheet.line(0, "No LimitRange resource.");
  sheet.line(0, "Resource Limits");
  sheet.row(0, {" Type", "Resource", "Min", "Max", "Default Request", "Default Limit",
                "Max Limit/Request Ratio"});
  sheet.row(0, {" ----", "--------", "---", "---", "---------------", "-------------",
                "-----------------------"});
  for (const Json& range : ranges) {
    for (const Json& limit : at_path(range, "spec.limits")) write_limit(sheet, limit);
  }
}

void write_conditions(Sheet& sheet, const Json& object) {
  if (size_at(object, "status.conditions") == 0) return;
  sheet.heading(0, "Conditions");
  sheet.row(1, {"Type", "Status", "LastTransitionTime", "Reason", "Message"});
  sheet.row(1, {"----", "------", "------------------", "------", "-------"});
  for (const Json& condition : at_path(object, "status.conditions")) {
    sheet.row(1, {text_at(condition, "type"), text_at(condition, "status"),
                  time_at(condition, "lastTransitionTime"), text_at(condition, "reason"),
                  text_at(condition, "message")});
  }
}

}  // namespace

std::string describe_namespace(const Json& object, const Related& related, WallTime /*now*/) {
  Sheet sheet;
  write_name(sheet, object);
  write_labels_and_annotations(sheet, object);
  sheet.field(0, "Status", text_at(object, "status.phase"));
  write_conditions(sheet, object);
  if (!related.quotas.is_null()) write_quotas(sheet, related.quotas);
  if (!related.limit_ranges.is_null()) write_limit_ranges(sheet, related.limit_ranges);
  return sheet.text();
}

}  // namespace podrun::client
