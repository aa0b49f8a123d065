#include "supervisor/api/negotiate.h"

#include "supervisor/api/accept.h"
#include "supervisor/api/api_error.h"

namespace podrun::api {

Output negotiate(std::string_view accept) {
  for (const AcceptClause& clause : parse_accept(accept)) {
    if (clause.quality <= 0 || (!accepts_json(clause) && clause.media_type != "application/yaml"))
      continue;
    Output output;
    if (clause.as.empty()) return output;
    if (clause.group != "meta.k8s.io" || (clause.version != "v1" && clause.version != "v1beta1")) {
      continue;
    }
    output.meta_version = clause.version;
    if (clause.as == "Table") {
      output.form = OutputForm::kTable;
    } else if (clause.as == "PartialObjectMetadata" || clause.as == "PartialObjectMetadataList") {
      output.form = OutputForm::kPartialObject;
    } else {
      continue;
    }
    return output;
  }
  throw not_acceptable(
      "application/json, application/yaml, application/json;as=Table;v=v1;g=meta.k8s.io");
}

}  // namespace podrun::api
