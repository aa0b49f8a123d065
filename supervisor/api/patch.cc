#include "supervisor/api/patch.h"

#include <algorithm>
#include <array>
#include <variant>

#include "supervisor/manifest/text.h"

namespace podrun::api {
namespace {

struct NamedType {
  std::string_view media_type;
  PatchType type;
};
constexpr std::array<NamedType, 4> kTypes{{
    {"application/json-patch+json", PatchType::kJson},
    {"application/merge-patch+json", PatchType::kMerge},
    {"application/strategic-merge-patch+json", PatchType::kStrategicMerge},
    {"application/apply-patch+yaml", PatchType::kApply},
}};

/// No object of Kubernetes is as deep; what recurses over JSON relies on it.
constexpr int kDeepest = 200;

/// Whether brackets nest no deeper than kDeepest.
bool is_shallow(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return false;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return true;
}

/// What encoding/json says of a text that is no JSON.
std::string syntax_problem(std::string_view text) {
  const manifest::Document document = manifest::read_json_value(text);
  const auto* error = std::get_if<manifest::SyntaxError>(&document);
  return error != nullptr ? error->text : "invalid JSON document";
}

const char* go_value(const Json& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  return value.is_boolean() ? "bool" : "number";
}

std::string cannot_unmarshal(const Json& value, const std::string& into) {
  return std::string("json: cannot unmarshal ") + go_value(value) + " into Go " + into;
}

/// What keeps the list from being one of operations.
std::string operations_problem(const Json& patch) {
  for (const Json& operation : patch) {
    if (operation.is_null()) continue;
    if (!operation.is_object()) {
      return cannot_unmarshal(operation, "value of type handlers.jsonPatchOp");
    }
    for (const char* name : {"op", "path", "from"}) {
      const auto field = operation.find(name);
      if (field == operation.end() || field->is_string() || field->is_null()) continue;
      return cannot_unmarshal(*field,
                              std::string("struct field jsonPatchOp.") + name + " of type string");
    }
  }
  return "";
}

/// What keeps the text from being such a patch, empty where it is one: endpoints/handlers/patch.go
/// decodes what it is given into a Go value first.
std::string decode(PatchType type, std::string_view text, Json& patch) {
  if (!is_shallow(text)) return "exceeded max depth";
  patch = Json::parse(text, nullptr, false);
  if (patch.is_discarded()) return syntax_problem(text);
  const bool list = type == PatchType::kJson;
  if (list && patch.is_array()) return operations_problem(patch);
  if (!list && patch.is_object()) return "";
  if (patch.is_null()) {
    patch = list ? Json::array() : Json::object();
    return "";
  }
  return cannot_unmarshal(patch, list ? "value of type []handlers.jsonPatchOp"
                                      : "value of type map[string]interface {}");
}

Json parse(PatchType type, std::string_view text) {
  Json patch;
  const std::string problem = decode(type, text, patch);
  if (problem.empty()) return patch;
  const bool strategic = type == PatchType::kStrategicMerge;
  throw bad_request(strategic ? problem : "error decoding patch: " + problem);
}

Json merged(Json target, const Json& patch) {
  if (!patch.is_object()) return patch;
  if (!target.is_object()) target = Json::object();
  for (const auto& [key, value] : patch.items()) {
    if (value.is_null()) {
      target.erase(key);
    } else {
      Json& field = target[key];
      field = merged(std::move(field), value);
    }
  }
  return target;
}

}  // namespace

PatchType patch_type(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  std::string accepted;
  for (const NamedType& known : kTypes) {
    if (known.media_type == content_type) return known.type;
    accepted += (accepted.empty() ? "" : ", ") + std::string(known.media_type);
  }
  throw unsupported_media_type(
      "the body of the request was in an unknown format - accepted media types include: " +
      accepted);
}

Json apply_patch(PatchType type, const Json& object, std::string_view patch,
                 const PatchSchema* schema) {
  Json parsed = parse(type, patch);
  switch (type) {
    case PatchType::kJson:
      return apply_json_patch(object, parsed);
    case PatchType::kMerge:
      return apply_merge_patch(object, parsed);
    case PatchType::kStrategicMerge:
      return apply_strategic_merge_patch(object, std::move(parsed), schema);
    case PatchType::kApply:
      break;
  }
  throw internal_error("server-side apply is no patch of its own");
}

Json apply_merge_patch(Json object, const Json& patch) { return merged(std::move(object), patch); }

}  // namespace podrun::api
