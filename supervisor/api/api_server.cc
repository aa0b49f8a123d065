#include "supervisor/api/api_server.h"

#include "supervisor/api/accept.h"
#include "supervisor/api/authorize.h"
#include "supervisor/api/call.h"
#include "supervisor/api/discovery.h"
#include "supervisor/api/health.h"
#include "supervisor/api/list_options.h"
#include "supervisor/api/protobuf_body.h"
#include "supervisor/manifest/label_selector.h"
#include "supervisor/manifest/yaml_output.h"

namespace podrun::api {
namespace {

Response failure(const ApiError& error) {
  Response response;
  response.status = error.code();
  // What a message quotes may be any bytes.
  response.body = error.to_json().dump(-1, ' ', false, Json::error_handler_t::replace);
  if (error.retry_after_seconds() > 0) {
    response.headers.emplace_back("Retry-After", std::to_string(error.retry_after_seconds()));
  }
  return response;
}

/// The same answer in YAML, where it is an object and the client prefers that.
void to_yaml(const Request& request, Response& response) {
  const bool is_object = response.content_type == "application/json" && !response.body.empty();
  if (!is_object || request.path.starts_with("/openapi/")) return;
  if (!prefers_yaml(request.header("accept"))) return;
  response.body = manifest::yaml_text(Json::parse(response.body));
  response.content_type = "application/yaml";
}

/// Whether the resource, its collection or its status answers to this verb.
bool is_allowed(const ServedResource& type, const RequestInfo& info) {
  const std::string verbs = " " + std::string(type.verbs) + " ";
  if (verbs.find(" " + info.verb + " ") == std::string::npos) return false;
  if (!info.subresource.empty()) {
    return info.verb == "get" || info.verb == "update" || info.verb == "patch";
  }
  const bool reads_many = info.verb == "list" || info.verb == "watch";
  if (type.namespaced && info.namespace_.empty() && !reads_many) return false;
  if (info.verb == "create") return info.name.empty();
  return !info.name.empty() || reads_many || info.verb == "deletecollection";
}

/// The object itself, or one of its parts that are read and written as the object is.
bool is_part(const ServedResource& type, const std::string& subresource) {
  return subresource.empty() || subresource == "status" ||
         (subresource == "resize" && type.resource == "pods");
}

ApiError no_such_path() {
  return {404, "NotFound", "the server could not find the requested resource"};
}

}  // namespace

Response ApiServer::handle(const Request& request) {
  const Moment begun = clock_.now();
  Response response = answer_or_failure(request);
  to_yaml(request, response);
  requests_.count(request, response.status, clock_.now() - begun);
  return response;
}

Response ApiServer::metrics() const {
  MetricsText text;
  requests_.write(text);
  text.family("kubernetes_build_info", "gauge", "The version that the API follows.");
  text.sample({{"git_version", facts_.git_version}}, 1);
  collect_(text);
  Response response;
  response.content_type = MetricsText::kContentType;
  response.body = text.take();
  return response;
}

Response ApiServer::answer_or_failure(const Request& request) {
  try {
    Response response = dispatch(request);
    // What is read may not be durable yet: nobody learns of a write that may still be undone.
    response.after_commit = response.after_commit || store_.has_uncommitted();
    return response;
  } catch (const ApiError& error) {
    return failure(error);
  } catch (const manifest::SelectorError& error) {
    return failure(bad_request(error.what()));
  } catch (const std::exception& error) {
    return failure(internal_error(error.what()));
  }
}

Response ApiServer::dispatch(const Request& request) {
  if (auto user = impersonated(request)) {
    Request as_other = request;
    as_other.user = std::move(*user);
    std::erase_if(as_other.headers,
                  [](const auto& header) { return header.first.starts_with("impersonate-"); });
    return dispatch(as_other);
  }
  const auto info = parse_resource_path(request.method, request.path, is_watch(request));
  authorize(request, info);
  if (!info || info->resource.empty()) return plain(request);
  const ServedResource* type = find_served(info->group, info->version, info->resource);
  if (type == nullptr) throw no_such_path();
  if (has_protobuf_body(request)) return dispatch(with_json_body(request));
  Call call{request, *info, *type, negotiate(request.header("accept"))};
  return is_part(*type, info->subresource) ? resource(call) : subresource(call);
}

Response ApiServer::plain(const Request& request) {
  Response response;
  if (request.path == "/") return root_paths();
  if (auto found = health(request)) return std::move(*found);
  if (request.path == "/metrics") return metrics();
  if (request.path == "/version" || request.path == "/version/") {
    response.body = version_info(facts_.git_version).dump();
    return response;
  }
  if (const auto found = discover(request.path, request.header("accept"), address_)) {
    response.content_type = found->content_type;
    response.body = found->body.dump();
    return response;
  }
  if (auto found = openapi(request)) return std::move(*found);
  throw no_such_path();
}

Response ApiServer::resource(Call& call) {
  const std::string& verb = call.info.verb;
  if (call.info.subresource == "status" && !has_status(call.storage())) throw no_such_path();
  if (!is_allowed(call.type, call.info)) throw method_not_allowed(call.subject(), verb);
  if (call.type.resource == "bindings") return bind(call);
  if (!call.type.is_stored()) return review(call);
  if (verb == "get") return get(call);
  if (verb == "list" || verb == "watch") check_list_options(call.request, verb == "watch");
  if (verb == "watch" && prefers_yaml(call.request.header("accept"))) {
    throw not_acceptable("application/json;stream=watch");
  }
  if (verb == "list") return list(call);
  if (verb == "watch") return watch(call);
  if (verb == "create") return create(call);
  if (verb == "update") return update(call);
  if (verb == "patch") return patch(call);
  if (verb == "delete") return remove(call);
  if (verb == "deletecollection") return remove_collection(call);
  throw method_not_allowed(call.subject(), verb);
}

Response ApiServer::subresource(Call& call) {
  const std::string& name = call.info.subresource;
  const std::string& verb = call.info.verb;
  if (name == "scale" && call.type.subresource("scale") != nullptr) {
    if (verb == "get" || verb == "update" || verb == "patch") return scale(call);
    throw method_not_allowed(call.subject(), verb);
  }
  if (name == "finalize" && call.type.resource == "namespaces" && verb == "update") {
    return finalize(call);
  }
  if (name == "token" && call.type.resource == "serviceaccounts") return token(call);
  if (call.type.resource != "pods") throw no_such_path();
  if (name == "eviction" && verb == "create") return evict(call);
  if (name == "binding" && verb == "create") return bind(call);
  if (name == "log" && verb == "get") {
    return pods_.log(registry_.require(call.type, call.key()), call.request);
  }
  if (name == "exec" || name == "attach" || name == "portforward") {
    return pods_.connect(name, registry_.require(call.type, call.key()), call.request);
  }
  throw no_such_path();
}

}  // namespace podrun::api
