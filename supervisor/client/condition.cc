#include "supervisor/client/condition.h"

#include <strings.h>

#include "base/error.h"
#include "supervisor/api/json_path.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::client {
namespace {

bool same_word(const std::string& a, const std::string& b) {
  return ::strcasecmp(a.c_str(), b.c_str()) == 0;
}

const Json* find_condition(const Json& object, const std::string& type) {
  for (const Json& condition : api::at_path(object, "status.conditions")) {
    if (same_word(api::text_at(condition, "type"), type)) return &condition;
  }
  return nullptr;
}

bool has_condition(const Json& object, const UntilCondition& wanted) {
  const Json* condition = find_condition(object, wanted.type);
  if (condition == nullptr) return false;
  const std::int64_t generation = api::int_at(object, "metadata.generation");
  const std::int64_t seen =
      api::int_at(*condition, "observedGeneration",
                  api::int_at(object, "status.observedGeneration", generation));
  return seen >= generation && same_word(api::text_at(*condition, "status"), wanted.status);
}

bool has_value(const Json& object, const UntilPath& wanted) {
  const auto values = wanted.path.values(object);
  if (values.empty()) return false;
  if (!wanted.value) return true;
  if (values.size() > 1) throw Error("the path has several values: one is needed");
  if (values.front()->is_structured()) throw Error("the path leads to no single value");
  return template_text(*values.front()) == *wanted.value;
}

/// The "=" that parts a path from its value; one in a filter's brackets is none.
std::size_t value_sign(const std::string& text) {
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '[' || text[at] == '{') ++depth;
    if (text[at] == ']' || text[at] == '}') --depth;
    if (text[at] == '=' && depth <= 0) return at;
  }
  return std::string::npos;
}

UntilPath parse_path(const std::string& text) {
  const std::size_t sign = value_sign(text);
  UntilPath until{PathTemplate::parse_relaxed(text.substr(0, sign)), std::nullopt};
  if (sign == std::string::npos) return until;
  std::string value = text.substr(sign + 1);
  if (value.starts_with('=')) value.erase(0, 1);
  if (value.empty()) throw Error("jsonpath wait has to have a value behind \"=\"");
  const bool quoted =
      value.size() > 1 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0];
  until.value = quoted ? value.substr(1, value.size() - 2) : value;
  return until;
}

}  // namespace

Until parse_until(const std::string& text) {
  if (same_word(text, "create")) return UntilCreated{};
  if (same_word(text, "delete")) return UntilDeleted{};
  constexpr std::string_view kCondition = "condition=", kPath = "jsonpath=";
  if (text.starts_with(kCondition)) {
    const std::string rest = text.substr(kCondition.size());
    const auto equals = rest.find('=');
    return UntilCondition{rest.substr(0, equals),
                          equals == std::string::npos ? "true" : rest.substr(equals + 1)};
  }
  if (text.starts_with(kPath)) return parse_path(text.substr(kPath.size()));
  throw Error("unrecognized condition: \"" + text + "\"");
}

bool is_reached(const Until& until, const Json& object) {
  if (std::holds_alternative<UntilCreated>(until)) return true;
  if (std::holds_alternative<UntilDeleted>(until)) return false;
  if (const auto* condition = std::get_if<UntilCondition>(&until)) {
    return has_condition(object, *condition);
  }
  return has_value(object, std::get<UntilPath>(until));
}

RolloutState rollout_state(const Json& deployment, std::int64_t revision) {
  const std::string name = "deployment \"" + api::text_at(deployment, "metadata.name") + "\"";
  const auto count = [&](const char* path) { return api::int_at(deployment, path); };
  if (revision > 0) {
    const Json& annotations = api::at_path(deployment, "metadata.annotations");
    const std::string now = manifest::text_at(annotations, kRevision);
    if (now != std::to_string(revision)) {
      throw Error("desired revision (" + std::to_string(revision) +
                  ") is different from the running revision (" + now + ")");
    }
  }
  if (count("metadata.generation") > count("status.observedGeneration")) {
    return {false, "Waiting for deployment spec update to be observed..."};
  }
  const Json* progress = find_condition(deployment, "Progressing");
  if (progress != nullptr && api::text_at(*progress, "reason") == "ProgressDeadlineExceeded") {
    throw Error(name + " exceeded its progress deadline");
  }
  const std::string waiting = "Waiting for " + name + " rollout to finish: ";
  const std::int64_t updated = count("status.updatedReplicas");
  const std::int64_t wanted = api::int_at(deployment, "spec.replicas", 1);
  if (updated < wanted) {
    return {false, waiting + std::to_string(updated) + " out of " + std::to_string(wanted) +
                       " new replicas have been updated..."};
  }
  if (const std::int64_t old = count("status.replicas") - updated; old > 0) {
    return {false, waiting + std::to_string(old) + " old replicas are pending termination..."};
  }
  if (const std::int64_t ready = count("status.availableReplicas"); ready < updated) {
    return {false, waiting + std::to_string(ready) + " of " + std::to_string(updated) +
                       " updated replicas are available..."};
  }
  return {true, name + " successfully rolled out"};
}

}  // namespace podrun::client
