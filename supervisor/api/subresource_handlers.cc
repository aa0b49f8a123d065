// scale, eviction and binding; status is an update of another part (write_handlers.cc).
#include "base/go_text.h"
#include "supervisor/api/call.h"
#include "supervisor/api/patch.h"
#include "supervisor/manifest/decode.h"
#include "supervisor/manifest/formats.h"
#include "supervisor/manifest/label_selector.h"
#include "supervisor/manifest/text.h"

namespace podrun::api {
namespace {

using store::Json;

/// autoscaling/v1 Scale of an object with replicas.
Json scale_of(const Json& object, const std::string& resource) {
  const Json& meta = object.at("metadata");
  Json scale{{"kind", "Scale"}, {"apiVersion", "autoscaling/v1"}};
  for (const char* field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    scale["metadata"][field] = meta.value(field, "");
  }
  const Json& spec = object.at("spec");
  scale["spec"]["replicas"] = spec.value("replicas", 1);
  scale["status"]["replicas"] = object.value("status", Json::object()).value("replicas", 0);
  const manifest::LabelSelector selector =
      resource == "replicationcontrollers"
          ? manifest::LabelSelector::from_map(spec.value("selector", Json::object()))
          : manifest::LabelSelector::from_label_selector(spec.value("selector", Json::object()));
  scale["status"]["selector"] = selector.to_string();
  return scale;
}

Json parse_body(const Request& request) {
  Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) throw bad_request("the body is not a JSON object");
  return body;
}

/// A Scale that is applied, which may be YAML.
Json parse_applied(const Request& request) {
  const std::vector<manifest::Document> documents =
      manifest::read_documents(request.body, manifest::Repeats::kLastHolds);
  const auto* node =
      documents.size() == 1 ? std::get_if<manifest::Node>(&documents.front()) : nullptr;
  if (node == nullptr || node->kind != manifest::NodeKind::kMap) {
    throw bad_request("the body is not one object in YAML or JSON");
  }
  return manifest::plain_json(*node, manifest::Nulls::kKept);
}

/// A part of the body that is an object, empty where it is absent.
Json object_in(const Json& body, const char* field) {
  const auto found = body.find(field);
  if (found == body.end() || found->is_null()) return Json::object();
  if (!found->is_object()) throw bad_request(std::string(field) + " is not an object");
  return *found;
}

std::string text_in(const Json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end() || found->is_null()) return "";
  if (!found->is_string()) throw bad_request(std::string(field) + " is not a string");
  return *found;
}

void check_name(const std::string& given, const std::string& name) {
  if (given.empty() || given == name) return;
  throw bad_request("the name of the object (" + given + ") does not match the name on the URL (" +
                    name + ")");
}

/// Of a namespace (pkg/apis/core/validation, ValidateNamespaceFinalizeUpdate).
void check_finalizers(const std::string& name, const Json& finalizers) {
  if (finalizers.is_null()) return;
  if (!finalizers.is_array()) throw bad_request("spec.finalizers is not a list");
  std::vector<Cause> causes;
  for (const Json& each : finalizers) {
    if (!each.is_string()) throw bad_request("spec.finalizers holds what is no string");
    const auto& text = each.get_ref<const std::string&>();
    for (const std::string& problem : manifest::check_qualified_name(text)) {
      causes.push_back({"FieldValueInvalid", "Invalid value: " + go_quote(text) + ": " + problem,
                        "spec.finalizers"});
    }
    if (text.find('/') == std::string::npos && text != "kubernetes" && text != "orphan" &&
        text != "foregroundDeletion") {
      causes.push_back({"FieldValueInvalid",
                        "Invalid value: " + go_quote(text) +
                            ": name is neither a standard finalizer name nor is it fully qualified",
                        "spec.finalizers"});
    }
  }
  if (!causes.empty()) throw invalid({"", "namespaces", "Namespace", name}, std::move(causes));
}

Json success() {
  return {{"kind", "Status"},
          {"apiVersion", "v1"},
          {"metadata", Json::object()},
          {"status", "Success"},
          {"code", 201}};
}

/// The number that a Scale asks for; throws ApiError.
std::int64_t wanted_replicas(const std::string& name, const Json& scale) {
  const Json spec = object_in(scale, "spec");
  const Json replicas = spec.value("replicas", Json(0));
  if (!replicas.is_number_integer()) throw bad_request("spec.replicas is not an integer");
  const auto number = replicas.get<std::int64_t>();
  if (number < 0) {
    throw invalid(
        {"autoscaling", "scales", "Scale", name},
        {{"FieldValueInvalid",
          "Invalid value: " + std::to_string(number) + ": must be greater than or equal to 0",
          "spec.replicas"}});
  }
  return number;
}

/// What of the object a Scale speaks of, as an object to be applied.
Json applied_part(const Request& request, const std::string& name, const ServedResource& stored) {
  const Json scale = parse_applied(request);
  if (text_in(scale, "apiVersion") != "autoscaling/v1" || text_in(scale, "kind") != "Scale") {
    throw bad_request("the object is a " + text_in(scale, "apiVersion") + " " +
                      text_in(scale, "kind") + ", expected: autoscaling/v1 Scale");
  }
  const std::string version(stored.versions.front());
  Json part{
      {"apiVersion", stored.group.empty() ? version : std::string(stored.group) + "/" + version},
      {"kind", stored.kind},
      {"metadata", {{"name", name}}}};
  const Json metadata = object_in(scale, "metadata");
  for (const char* field : {"name", "uid", "resourceVersion"}) {
    const std::string given = text_in(metadata, field);
    if (!given.empty()) part["metadata"][field] = given;
  }
  if (object_in(scale, "spec").contains("replicas")) {
    part["spec"]["replicas"] = wanted_replicas(name, scale);
  }
  return part;
}

}  // namespace

Written ApiServer::change_scale(const Call& call) {
  const ServedResource& stored = stored_type(call.storage());
  const std::string version(stored.versions.front());
  const PatchType type = call.info.verb == "patch" ? patch_type(call.request.header("content-type"))
                                                   : PatchType::kMerge;
  const bool force = call.info.verb == "patch" && asked_to_force(call.request, type);
  if (type == PatchType::kApply) {
    return registry_.apply(stored, version, call.key(), Part::kMain,
                           applied_part(call.request, call.info.name, stored).dump(), force,
                           call.write_options());
  }
  Json scale;
  if (call.info.verb == "patch") {
    // A Scale has no lists: its strategic merge is a merge.
    scale = apply_patch(type == PatchType::kStrategicMerge ? PatchType::kMerge : type,
                        scale_of(*registry_.require(call.type, call.key()).json, call.storage()),
                        call.request.body);
  } else {
    scale = parse_body(call.request);
  }
  const std::int64_t replicas = wanted_replicas(call.info.name, scale);
  const std::string expected = text_in(object_in(scale, "metadata"), "resourceVersion");
  const auto change = [&](const Json& object) {
    Json updated = object;
    updated["spec"]["replicas"] = replicas;
    if (!expected.empty()) updated["metadata"]["resourceVersion"] = expected;
    return updated.dump();
  };
  return registry_.change(stored, version, call.key(), Part::kMain, change, call.write_options());
}

Response ApiServer::scale(Call& call) {
  Response response;
  const store::Object present = registry_.require(call.type, call.key());
  Json scale = scale_of(*present.json, call.storage());
  if (call.info.verb != "get") {
    scale = scale_of(*change_scale(call).object.json, call.storage());
    response.after_commit = true;
  }
  response.body = scale.dump();
  return response;
}

/// PUT …/namespaces/NAME/finalize: what holds a namespace that is being deleted.
Response ApiServer::finalize(Call& call) {
  const Json body = parse_body(call.request);
  const Json finalizers = object_in(body, "spec").value("finalizers", Json());
  check_finalizers(call.info.name, finalizers);
  const Json metadata = object_in(body, "metadata");
  check_name(text_in(metadata, "name"), call.info.name);
  const store::Object present = registry_.require(call.type, call.key());
  Json object = *present.json;
  object["spec"]["finalizers"] = finalizers.is_null() ? Json::array() : finalizers;
  const std::string expected = text_in(metadata, "resourceVersion");
  if (!expected.empty()) object["metadata"]["resourceVersion"] = expected;
  Response response;
  if (call.write_options().dry_run) {
    if (!expected.empty() && expected != std::to_string(present.revision)) {
      throw conflict(call.subject());
    }
    response.body = object.dump();
    return response;
  }
  response.body = registry_.update(call.key(), std::move(object)).json->dump();
  response.after_commit = true;
  return response;
}

/// policy/v1 Eviction: a deletion, as there are no disruption budgets.
Response ApiServer::evict(Call& call) {
  const Json body = parse_body(call.request);
  const std::string name = text_in(object_in(body, "metadata"), "name");
  if (!name.empty() && name != call.info.name) {
    throw bad_request("name in URL does not match name in Eviction object");
  }
  Request inner = call.request;
  inner.body = body.contains("deleteOptions") ? body["deleteOptions"].dump() : "";
  DeleteOptions options = delete_options(inner);
  if (call.write_options().dry_run) options.dry_run = true;
  registry_.evict(call.key(), options);
  Response response;
  response.status = 201;
  response.body = success().dump();
  response.after_commit = true;
  return response;
}

/// core/v1 Binding: a scheduler's decision.
Response ApiServer::bind(Call& call) {
  const Json body = parse_body(call.request);
  const std::string node = text_in(object_in(body, "target"), "name");
  if (node.empty()) throw bad_request("target.name is required");
  // The older form, POST …/bindings, names the pod in the body.
  const std::string pod =
      call.info.name.empty() ? text_in(object_in(body, "metadata"), "name") : call.info.name;
  registry_.assign({"pods", call.info.namespace_, pod}, node, call.write_options().dry_run);
  Response response;
  response.status = 201;
  response.body = success().dump();
  response.after_commit = true;
  return response;
}

}  // namespace podrun::api
