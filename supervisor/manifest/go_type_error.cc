#include "supervisor/manifest/go_type_error.h"

namespace podrun::manifest {

namespace {

std::string go_type(const Field& field) {
  switch (field.type) {
    case FieldType::kString:
      return "string";
    case FieldType::kBool:
      return "bool";
    case FieldType::kInt32:
      return "int32";
    case FieldType::kInt64:
      return "int64";
    case FieldType::kIntOrString:
      return "intstr.IntOrString";
    case FieldType::kQuantity:
      return "resource.Quantity";
    case FieldType::kStringMap:
      return "map[string]string";
    case FieldType::kQuantityMap:
      return "v1.ResourceList";
    case FieldType::kObject:
      return "v1." + std::string(field.object->go_name);
    case FieldType::kAnyObject:
      return "map[string]interface {}";
    case FieldType::kAny:
      break;
  }
  return "interface {}";
}

std::string go_value(const Node& node, const Field* field) {
  switch (node.kind) {
    case NodeKind::kMap:
      return "object";
    case NodeKind::kList:
      return "array";
    case NodeKind::kString:
      return "string";
    case NodeKind::kBool:
      return "bool";
    default:
      break;
  }
  // A number that is not of this kind is told, as Go does.
  const bool integer = field != nullptr && !field->is_list &&
                       (field->type == FieldType::kInt32 || field->type == FieldType::kInt64);
  return integer ? "number " + node.text : "number";
}

/// "spec.containers[0].name" without the index, as Go's decoder counts none.
std::string without_indexes(const std::string& path) {
  std::string out;
  int depth = 0;
  for (const char c : path) {
    if (c == '[') ++depth;
    if (depth == 0) out += c;
    if (c == ']') --depth;
  }
  return out;
}

}  // namespace

std::string go_type_error(const Path& path, const ObjectType& type, const Field* field) {
  if (field == nullptr) {
    return go_type_error(*path.node(), std::string("v1.").append(type.go_name));
  }
  std::string text = "json: cannot unmarshal " + go_value(*path.node(), field);
  text.append(" into Go struct field ").append(type.go_name).append(".");
  text += without_indexes(path.text()) + " of type ";
  const bool whole_list = field->is_list && !path.text().ends_with(']');
  return text + (whole_list ? "[]" : "") + go_type(*field);
}

std::string go_type_error(const Node& node, std::string_view go_type) {
  return ("json: cannot unmarshal " + go_value(node, nullptr) + " into Go value of type ")
      .append(go_type);
}

}  // namespace podrun::manifest
