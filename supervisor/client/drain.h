// Which pods of a node `podrun node drain` sends away (kubectl's drain filters). Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/clock.h"

namespace podrun::client {

using Json = nlohmann::ordered_json;

struct DrainRules {
  bool ignore_daemon_sets = false, delete_empty_dirs = false, force = false;
  Seconds skip_deleted{0};  // pods that have been going for longer are not waited for; 0: all are
};

struct Drain {
  std::vector<Json> evict;
  std::vector<std::string> refused;  // what the rules do not allow, and of which pods
  std::string warning;               // what they do, and one should know
};

Drain plan_drain(const Json& pods, const DrainRules& rules, WallTime now);
/// "default/kubia"
std::string shown(const Json& pod);

}  // namespace podrun::client
