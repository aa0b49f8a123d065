#include "supervisor/api/patch.h"

#include <algorithm>
#include <array>

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

Json parse(std::string_view text) {
  Json patch;
  if (is_shallow(text)) patch = Json::parse(text, nullptr, false);
  if (!patch.is_structured()) throw bad_request("invalid JSON document");
  return patch;
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
  Json parsed = parse(patch);
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

Json apply_merge_patch(Json object, const Json& patch) {
  if (!patch.is_object()) throw bad_request("Invalid JSON Patch");
  return merged(std::move(object), patch);
}

}  // namespace podrun::api
