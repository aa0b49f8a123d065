// `podrun api-resources`, and the words that completion offers.
#include <set>

#include "base/text.h"
#include "cli/kube/commands.h"
#include "cli/kube/targets.h"
#include "cli/text_table.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/columns.h"

namespace podrun::kube {
namespace {}  // namespace

int list_resources(Session& session) {
  const std::string form = session.arguments().value("output");
  if (!form.empty() && form != "name" && form != "wide") {
    throw UsageError("invalid value \"" + form + "\" for --output: one of name, wide");
  }
  std::vector<client::Row> rows;
  if (form != "name" && !session.arguments().has("no-headers")) {
    rows.push_back({"NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"});
    if (form == "wide") rows.back().insert(rows.back().end(), {"VERBS", "CATEGORIES"});
  }
  std::set<std::string> seen;
  for (const ResourceType& type : session.catalogue().all()) {
    // The server lists the version that it prefers first.
    if (type.verbs.empty() || !seen.insert(type.full_name()).second) continue;
    if (form == "name") {
      rows.push_back({type.full_name()});
      continue;
    }
    rows.push_back({type.resource, joined(type.short_names, ","), type.api_version(),
                    type.namespaced ? "true" : "false", type.kind});
    if (form == "wide") {
      rows.back().insert(rows.back().end(),
                         {joined(type.verbs, ","), joined(type.categories, ",")});
    }
  }
  print(cli::text_table(rows));
  return 0;
}

int list_names(Session& session) {
  std::string text;
  if (session.arguments().operands.empty()) {
    for (const ResourceType& type : session.catalogue().all()) {
      if (type.can("list")) text += type.resource + "\n";
    }
  } else {
    const ResourceType& type = session.type(session.arguments().operands.front());
    const Json list = session.api().get(type.collection(session.space()));
    for (const Json& item : api::at_path(list, "items")) {
      text += api::text_at(item, "metadata.name") + "\n";
    }
  }
  print(text);
  return 0;
}

}  // namespace podrun::kube
