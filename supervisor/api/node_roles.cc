#include "supervisor/api/node_roles.h"

#include <set>
#include <string_view>

namespace podrun::api {

std::string node_roles(const Json& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::set<std::string> roles;
  const Json& labels = at_path(node, "metadata.labels");
  if (labels.is_object()) {
    for (const auto& [key, value] : labels.items()) {
      if (key.starts_with(kPrefix) && key.size() > kPrefix.size()) {
        roles.insert(key.substr(kPrefix.size()));
      } else if (key == "kubernetes.io/role" && value.is_string() &&
                 !value.get_ref<const std::string&>().empty()) {
        roles.insert(value.get<std::string>());
      }
    }
  }
  std::string text;
  for (const std::string& role : roles) text += (text.empty() ? "" : ",") + role;
  return text.empty() ? "<none>" : text;
}

}  // namespace podrun::api
