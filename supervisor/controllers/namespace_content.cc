#include "supervisor/controllers/namespace_content.h"

namespace podrun::controllers {
namespace {

std::string join(const std::map<std::string, std::int64_t>& counts, const char* between,
                 const char* after) {
  std::string text;
  for (const auto& [name, count] : counts) {
    text += (text.empty() ? "" : ", ") + name + between + std::to_string(count) + after;
  }
  return text;
}

struct Condition {
  const char* type;
  bool holds;
  const char* reason;
  std::string message;
};

void set_condition(Json& status, const Condition& condition, WallTime now) {
  const char* state = condition.holds ? "True" : "False";
  std::string since = rfc3339(now);
  Json entry = {{"type", condition.type}, {"status", state}};
  for (Json& each : status["conditions"]) {
    if (text_at(each, {"type"}) != condition.type) continue;
    if (text_at(each, {"status"}) == state) since = text_at(each, {"lastTransitionTime"});
    each["status"] = state;
    each["lastTransitionTime"] = since;
    each["reason"] = condition.reason;
    each["message"] = condition.message;
    return;
  }
  entry["lastTransitionTime"] = since;
  entry["reason"] = condition.reason;
  entry["message"] = condition.message;
  status["conditions"].push_back(std::move(entry));
}

}  // namespace

void count_object(NamespaceContent& content, const store::Object& object) {
  std::string name = object.key.resource;
  if (name.find('.') == std::string::npos) name += '.';
  ++content.objects[name];
  if (const Json* finalizers = find(*object.json, {"metadata", "finalizers"})) {
    for (const Json& each : *finalizers) {
      if (each.is_string()) ++content.finalizers[each.get<std::string>()];
    }
  }
}

Json ending_status(const Json& status, const NamespaceContent& content, WallTime now) {
  Json changed = status.is_object() ? status : Json::object();
  changed["phase"] = "Terminating";
  if (!changed.contains("conditions")) changed["conditions"] = Json::array();
  set_condition(changed,
                {"NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
                 "All resources successfully discovered"},
                now);
  set_condition(changed,
                {"NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
                 "All legacy kube types successfully parsed"},
                now);
  const bool failed = !content.failure.empty();
  set_condition(changed,
                {"NamespaceDeletionContentFailure", failed,
                 failed ? "ContentDeletionFailed" : "ContentDeleted",
                 failed ? "Failed to delete all resource types, 1 remaining: " + content.failure
                        : "All content successfully deleted, may be waiting on finalization"},
                now);
  const bool some = !content.objects.empty();
  set_condition(changed,
                {"NamespaceContentRemaining", some, some ? "SomeResourcesRemain" : "ContentRemoved",
                 some ? "Some resources are remaining: " +
                            join(content.objects, " has ", " resource instances")
                      : "All content successfully removed"},
                now);
  const bool held = !content.finalizers.empty();
  set_condition(changed,
                {"NamespaceFinalizersRemaining", held,
                 held ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
                 held ? "Some content in the namespace has finalizers remaining: " +
                            join(content.finalizers, " in ", " resource instances")
                      : "All content-preserving finalizers finished"},
                now);
  return changed;
}

Json finalized(Json namespace_object) {
  const Json* finalizers = find(namespace_object, {"spec", "finalizers"});
  if (finalizers == nullptr) return namespace_object;
  Json kept = Json::array();
  for (const Json& each : *finalizers) {
    if (each != kNamespaceFinalizer) kept.push_back(each);
  }
  if (kept.empty()) {
    namespace_object["spec"].erase("finalizers");
  } else {
    namespace_object["spec"]["finalizers"] = std::move(kept);
  }
  return namespace_object;
}

}  // namespace podrun::controllers
