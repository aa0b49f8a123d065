// POST …/serviceaccounts/NAME/token: authentication/v1 TokenRequest.
#include "supervisor/api/call.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::api {
namespace {

using store::Json;

constexpr std::int64_t kLeastSeconds = 600;
constexpr std::int64_t kMostSeconds = std::int64_t{1} << 32;
constexpr std::int64_t kDefaultSeconds = 3600;

/// pkg/apis/authentication/validation, ValidateTokenRequest.
void check_seconds(std::int64_t seconds) {
  if (seconds >= kLeastSeconds && seconds <= kMostSeconds) return;
  const std::string limit =
      seconds < kLeastSeconds ? "less than 10 minutes" : "larger than 2^32 seconds";
  throw invalid(
      {"authentication.k8s.io", "tokenrequests", "TokenRequest", ""},
      {{"FieldValueInvalid",
        "Invalid value: " + std::to_string(seconds) + ": may not specify a duration " + limit,
        "spec.expirationSeconds"}});
}

void bind_to_object(TokenOrder& order, const Json* reference) {
  if (reference == nullptr || reference->is_null()) return;
  const std::string kind = manifest::text_at(*reference, "kind");
  if (kind != "Pod") {
    throw bad_request("cannot bind token to object of type " +
                      manifest::text_at(*reference, "apiVersion") + ", Kind=" + kind);
  }
  order.pod = manifest::text_at(*reference, "name");
  order.pod_uid = manifest::text_at(*reference, "uid");
}

}  // namespace

Response ApiServer::token(Call& call) {
  if (call.info.verb != "create") throw method_not_allowed(call.subject(), call.info.verb);
  if (accounts_ == nullptr) throw internal_error("there is nobody who signs tokens");
  Json body = Json::parse(call.request.body, nullptr, false);
  if (!body.is_object()) throw bad_request("the body is not a JSON object");
  Json& spec = manifest::object_at(body, "spec");
  if (!spec.is_object()) throw bad_request("spec is not an object");
  TokenOrder order;
  order.namespace_ = call.info.namespace_;
  order.account = call.info.name;
  for (const Json& audience : manifest::list_at(spec, "audiences")) {
    if (audience.is_string()) order.audiences.push_back(audience);
  }
  if (order.audiences.empty()) order.audiences = {kTokenIssuer};
  const std::int64_t seconds = manifest::number_at(spec, "expirationSeconds", kDefaultSeconds);
  check_seconds(seconds);
  order.life = Seconds(seconds);
  bind_to_object(order, manifest::find(spec, "boundObjectRef"));
  const IssuedToken issued = accounts_->issue(order);
  spec["audiences"] = order.audiences;
  spec["expirationSeconds"] = seconds;
  body["kind"] = "TokenRequest";
  body["apiVersion"] = "authentication.k8s.io/v1";
  body["metadata"] = {{"name", call.info.name},
                      {"namespace", call.info.namespace_},
                      {"creationTimestamp", rfc3339(issued.issued)}};
  body["status"] = {{"token", issued.token}, {"expirationTimestamp", rfc3339(issued.expires)}};
  Response response;
  response.status = 201;
  response.body = body.dump();
  return response;
}

}  // namespace podrun::api
