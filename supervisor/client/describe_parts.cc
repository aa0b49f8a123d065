#include "supervisor/client/describe_parts.h"

namespace podrun::client {

void write_name(Sheet& sheet, const Json& object) {
  sheet.field(0, "Name", text_at(object, "metadata.name"));
}

void write_name_and_namespace(Sheet& sheet, const Json& object) {
  write_name(sheet, object);
  sheet.field(0, "Namespace", text_at(object, "metadata.namespace"));
}

void write_labels_and_annotations(Sheet& sheet, const Json& object) {
  sheet.column(0, "Labels", label_lines(at_path(object, "metadata.labels")));
  sheet.column(0, "Annotations", annotation_lines(at_path(object, "metadata.annotations")));
}

namespace {

const Json* controller_of(const Json& object) {
  for (const Json& owner : at_path(object, "metadata.ownerReferences")) {
    if (bool_at(owner, "controller")) return &owner;
  }
  return nullptr;
}

}  // namespace

bool is_controlled_by(const Json& object, const Json& controller) {
  const Json* owner = controller_of(object);
  return owner != nullptr && text_at(*owner, "uid") == text_at(controller, "metadata.uid");
}

void write_controlled_by(Sheet& sheet, const Json& object) {
  const Json* owner = controller_of(object);
  if (owner == nullptr) return;
  sheet.field(0, "Controlled By", text_at(*owner, "kind") + "/" + text_at(*owner, "name"));
}

namespace {

std::string toleration_text(const Json& toleration) {
  const std::string key = text_at(toleration, "key");
  const std::string value = text_at(toleration, "value");
  const std::string effect = text_at(toleration, "effect");
  std::string text = key;
  if (!value.empty()) text += "=" + value;
  if (!effect.empty()) text += ":" + effect;
  if (text_at(toleration, "operator") == "Exists" && value.empty()) {
    text += text.empty() ? "op=Exists" : " op=Exists";
  }
  if (is_set(toleration, "tolerationSeconds")) {
    text += " for " + number_at(toleration, "tolerationSeconds") + "s";
  }
  return text;
}

}  // namespace

void write_tolerations(Sheet& sheet, int level, const Json& list) {
  std::vector<std::string> lines;
  for (const Json& toleration : sorted_by(list, "key"))
    lines.push_back(toleration_text(toleration));
  sheet.column(level, "Tolerations", lines);
}

void write_reasoned_conditions(Sheet& sheet, const Json& object) {
  if (size_at(object, "status.conditions") == 0) return;
  sheet.heading(0, "Conditions");
  sheet.row(1, {"Type", "Status", "Reason"});
  sheet.row(1, {"----", "------", "------"});
  for (const Json& condition : at_path(object, "status.conditions")) {
    sheet.row(1, {text_at(condition, "type") + " ", text_at(condition, "status"),
                  text_at(condition, "reason")});
  }
}

void write_resource_needs(Sheet& sheet, int level, const Json& resources) {
  for (const auto& [title, field] : {std::pair("Limits", "limits"), {"Requests", "requests"}}) {
    const Resources values = resources_at(resources, field);
    if (!values.empty()) sheet.heading(level, title);
    for (const auto& [name, value] : values) sheet.field(level + 1, name, value.canonical());
  }
}

void write_workload_reference(Sheet& sheet, int level, const Json& spec) {
  if (!is_set(spec, "workloadRef")) return;
  const Json& reference = at_path(spec, "workloadRef");
  sheet.heading(level, "WorkloadRef");
  sheet.field(1, "Name", text_at(reference, "name"));
  sheet.field(1, "PodGroup", text_at(reference, "podGroup"));
  sheet.field_if_any(1, "PodGroupReplicaKey", text_at(reference, "podGroupReplicaKey"));
}

void write_spread_constraints(Sheet& sheet, int level, const Json& list) {
  if (list.empty()) return;
  std::vector<std::string> lines;
  for (const Json& constraint : sorted_by(list, "topologyKey")) {
    std::string line = text_at(constraint, "topologyKey") + ":" +
                       text_at(constraint, "whenUnsatisfiable") + " when max skew " +
                       number_at(constraint, "maxSkew") + " is exceeded";
    if (is_set(constraint, "labelSelector")) {
      line += " for selector " + or_none(selector_of(at_path(constraint, "labelSelector")));
    }
    lines.push_back(line);
  }
  sheet.column(level, "Topology Spread Constraints", lines);
}

}  // namespace podrun::client
