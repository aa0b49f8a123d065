// /openapi/v2 and /openapi/v3, each document made once.
#include "supervisor/api/api_server.h"
#include "supervisor/api/openapi.h"
#include "supervisor/manifest/kinds.h"

namespace podrun::api {
namespace {

const manifest::ObjectType* fields_of(std::string_view group, std::string_view version,
                                      std::string_view kind) {
  const manifest::KindRule* rule = manifest::find_rule({group, version, kind});
  return rule == nullptr ? nullptr : rule->type;
}

/// Changes with the documents, which are the program's.
constexpr std::string_view kDocumentHash = PODRUN_VERSION;

}  // namespace

std::optional<Response> ApiServer::openapi(const Request& request) {
  if (!request.path.starts_with("/openapi/v")) return {};
  const std::string_view accept = request.header("accept");
  const bool protobuf = request.path == "/openapi/v2" &&
                        (accept.find(kOpenApiProtobufOld) != std::string_view::npos ||
                         accept.find(kOpenApiProtobuf) != std::string_view::npos);
  std::string& document = documents_[request.path + (protobuf ? "#protobuf" : "")];
  if (document.empty()) {
    if (request.path == "/openapi/v2") {
      const Json v2 = openapi_v2(fields_of);
      document = protobuf ? openapi_v2_protobuf(v2) : v2.dump();
    } else if (request.path == "/openapi/v3") {
      document = openapi_v3_index(kDocumentHash).dump();
    } else if (const auto v3 = openapi_v3(request.path, fields_of)) {
      document = v3->dump();
    } else {
      documents_.erase(request.path);
      return {};
    }
  }
  Response response;
  if (protobuf) response.content_type = kOpenApiProtobuf;
  response.body = document;
  return response;
}

}  // namespace podrun::api
