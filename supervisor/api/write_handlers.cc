// create, update, patch, delete and deletecollection.
#include <algorithm>
#include <iterator>

#include "supervisor/api/accept.h"
#include "supervisor/api/call.h"
#include "supervisor/api/patch.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::api {
namespace {

using store::Json;

/// RFC 7234, as apimachinery/pkg/util/net writes it.
std::string warning_header(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return "299 - \"" + quoted + "\"";
}

void check_body_type(const Request& request) {
  const auto clauses = parse_accept(request.header("content-type"));  // the same grammar
  const std::string type = clauses.empty() ? "" : clauses.front().media_type;
  if (type.empty() || type == "*/*" || type == "application/json" || type == "application/yaml")
    return;
  throw unsupported_media_type(
      "the body of the request was in an unknown format - accepted media types include: "
      "application/json, application/yaml");
}

void add_warnings(const std::vector<std::string>& warnings, Response& response) {
  for (const std::string& warning : warnings) {
    response.headers.emplace_back("Warning", warning_header(warning));
  }
}

/// registry/batch/job/storage: a Job's pods stay where the client says nothing of them.
std::vector<std::string> deletion_warnings(const std::string& resource,
                                           const DeleteOptions& options) {
  if (resource != "jobs.batch" || !options.propagation_policy.empty()) return {};
  return {
      "child pods are preserved by default when jobs are deleted; set "
      "propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress "
      "this warning"};
}

/// The kinds whose strategies have AllowCreateOnUpdate.
bool may_create_on_update(const std::string& resource) {
  constexpr std::string_view kSuch[] = {"endpoints", "events", "leases.coordination.k8s.io",
                                        "services"};
  return std::find(std::begin(kSuch), std::end(kSuch), resource) != std::end(kSuch);
}

Part part_of(const std::string& subresource) {
  if (subresource == "status") return Part::kStatus;
  return subresource == "resize" ? Part::kResize : Part::kMain;
}

}  // namespace

bool asked_to_force(const Request& request, PatchType type) {
  const Subject subject{"meta.k8s.io", "", "PatchOptions", ""};
  if (type != PatchType::kApply) {
    if (!request.has_parameter("force")) return false;
    throw invalid(subject, {{"FieldValueForbidden",
                             "Forbidden: may not be specified for non-apply patch", "force"}});
  }
  if (request.parameter("fieldManager").empty()) {
    throw invalid(subject, {{"FieldValueRequired", "Required value: is required for apply patch",
                             "fieldManager"}});
  }
  const std::string_view force = request.parameter("force");
  return request.has_parameter("force") && force != "false" && force != "0";
}

Response ApiServer::answer(const Call& call, const Written& written, int status) const {
  Response response;
  response.status = status;
  response.body = render(call, written.object);
  add_warnings(written.warnings, response);
  response.after_commit = true;
  return response;
}

Response ApiServer::create(Call& call) {
  check_body_type(call.request);
  return answer(call,
                registry_.create(call.type, call.info.version, call.info.namespace_,
                                 call.request.body, call.write_options()),
                201);
}

/// A PUT of what is not there: the version that it was read at does not matter any more.
Response ApiServer::create_named(Call& call) {
  const std::string& body = call.request.body;
  manifest::Fragment sent = manifest::read_fragment(call.kind(), body);
  if (!sent.malformed.empty()) throw bad_request(sent.malformed);
  const std::string& wanted = call.info.name;
  Json& meta = manifest::object_at(sent.object, "metadata");
  const std::string name = manifest::text_at(meta, "name");
  if (name.empty()) {
    throw bad_request("the name of the object (" + wanted +
                      " based on URL) was undeterminable: name must be provided");
  }
  if (name != wanted) {
    throw bad_request("the name of the object (" + name + ") does not match the name on the URL (" +
                      wanted + ")");
  }
  const std::string uid = manifest::text_at(meta, "uid");
  if (!uid.empty()) {
    throw conflict(call.subject(),
                   "Precondition failed: UID in precondition: " + uid + ", UID in object meta: ");
  }
  const bool is_dated = meta.erase("resourceVersion") > 0;
  return answer(call,
                registry_.create(call.type, call.info.version, call.info.namespace_,
                                 is_dated ? sent.object.dump() : body, call.write_options()),
                201);
}

Response ApiServer::update(Call& call) {
  check_body_type(call.request);
  const Part part = part_of(call.info.subresource);
  if (part == Part::kMain && may_create_on_update(call.storage()) &&
      registry_.get(call.key()) == nullptr) {
    return create_named(call);
  }
  const auto body = [&](const Json&) { return call.request.body; };
  return answer(
      call,
      registry_.change(call.type, call.info.version, call.key(), part, body, call.write_options()),
      200);
}

Response ApiServer::patch(Call& call) {
  const PatchType type = patch_type(call.request.header("content-type"));
  const Part part = part_of(call.info.subresource);
  const bool force = asked_to_force(call.request, type);
  if (type == PatchType::kApply) {
    const Written written = registry_.apply(call.type, call.info.version, call.key(), part,
                                            call.request.body, force, call.write_options());
    return answer(call, written, written.created ? 201 : 200);
  }
  const auto patched = [&](const Json& present) {
    const Json object =
        call.is_stored_version() ? present : manifest::convert(present, call.kind());
    return apply_patch(type, object, call.request.body, &patch_schema(call.type.kind)).dump();
  };
  return answer(call,
                registry_.change(call.type, call.info.version, call.key(), part, patched,
                                 call.write_options()),
                200);
}

Response ApiServer::remove(Call& call) {
  const DeleteOptions options = delete_options(call.request);
  Written written = registry_.remove(call.type, call.key(), options);
  written.warnings = deletion_warnings(call.storage(), options);
  // What is gone at once answers a Status, what is only marked answers the object; pods always do.
  if (!written.removed || call.type.resource == "pods") return answer(call, written, 200);
  Response response;
  add_warnings(written.warnings, response);
  response.body =
      success_status(call.subject(), written.object.json->at("metadata").value("uid", "")).dump();
  response.after_commit = true;
  return response;
}

Response ApiServer::remove_collection(Call& call) {
  const DeleteOptions options = delete_options(call.request);
  const auto wanted = call.filter();
  const auto all = store_.list(call.storage(), call.type.namespaced ? call.info.namespace_ : "");
  std::string items;
  for (const store::Object& object : all) {
    if (!wanted(*object.json)) continue;
    items += items.empty() ? "" : ",";
    items += render(call, registry_.remove(call.type, object.key, options).object);
  }
  Response response;
  add_warnings(deletion_warnings(call.storage(), options), response);
  const std::string version =
      call.info.group.empty() ? call.info.version : call.info.group + "/" + call.info.version;
  response.body = R"({"kind":")" + std::string(call.type.kind) + R"(List","apiVersion":")" +
                  version + R"(","metadata":{"resourceVersion":")" +
                  std::to_string(store_.revision()) + R"("},"items":[)" + items + "]}";
  response.after_commit = true;
  return response;
}

}  // namespace podrun::api
