#include "supervisor/client/node_table.h"

#include <string>

#include "supervisor/api/json_path.h"

namespace podrun::client {

void tell_of_added_nodes(Json& table, const Json& added) {
  const Json& columns = api::at_path(table, "columnDefinitions");
  std::size_t status = 0;
  while (status < columns.size() && api::text_at(columns[status], "name") != "Status") ++status;
  if (status == columns.size() || !table.contains("rows")) return;
  for (Json& row : table["rows"]) {
    for (const Json& node : api::at_path(added, "items")) {
      if (api::text_at(node, "name") != api::text_at(row, "object.metadata.name")) continue;
      std::string text = row["cells"][status].get<std::string>();
      if (api::bool_at(node, "partitioned")) text += ",Partitioned";
      if (api::bool_at(node, "removing")) text += ",Removing";
      row["cells"][status] = text;
    }
  }
}

}  // namespace podrun::client
