#include "supervisor/controllers/selector.h"

#include <algorithm>

namespace podrun::controllers {

Selector Selector::of(const Json& controller) {
  Selector selector;
  const Json* given = find(controller, {"spec", "selector"});
  if (given == nullptr || !given->is_object()) return selector;
  const Json* labels = find(*given, {"matchLabels"});
  const Json* expressions = find(*given, {"matchExpressions"});
  // A map's values are texts: one with a key of this name is no LabelSelector.
  const bool structured = (labels != nullptr && labels->is_object()) ||
                          (expressions != nullptr && expressions->is_array());
  if (!structured) {
    selector.add_labels(*given);
    return selector;
  }
  if (labels != nullptr) selector.add_labels(*labels);
  if (expressions != nullptr) {
    for (const Json& each : *expressions) selector.add_expression(each);
  }
  return selector;
}

void Selector::add_labels(const Json& labels) {
  for (const auto& [key, value] : labels.items()) {
    if (value.is_string()) {
      requirements_.push_back({key, Operator::kIn, {value.get<std::string>()}});
    } else {
      requirements_.push_back({key, Operator::kNever, {}});
    }
  }
}

void Selector::add_expression(const Json& expression) {
  Requirement requirement{text_at(expression, {"key"}), Operator::kNever, {}};
  const std::string& op = text_at(expression, {"operator"});
  if (op == "In") requirement.op = Operator::kIn;
  if (op == "NotIn") requirement.op = Operator::kNotIn;
  if (op == "Exists") requirement.op = Operator::kExists;
  if (op == "DoesNotExist") requirement.op = Operator::kDoesNotExist;
  if (const Json* values = find(expression, {"values"})) {
    for (const Json& each : *values) {
      if (each.is_string()) requirement.values.push_back(each.get<std::string>());
    }
  }
  requirements_.push_back(std::move(requirement));
}

bool Selector::meets(const Json* labels, const Requirement& requirement) {
  const Json* value = labels == nullptr ? nullptr : find(*labels, {requirement.key.c_str()});
  const auto is_listed = [&] {
    return std::any_of(requirement.values.begin(), requirement.values.end(),
                       [&](const std::string& each) { return *value == each; });
  };
  switch (requirement.op) {
    case Operator::kIn:
      return value != nullptr && is_listed();
    case Operator::kNotIn:
      return value == nullptr || !is_listed();
    case Operator::kExists:
      return value != nullptr;
    case Operator::kDoesNotExist:
      return value == nullptr;
    case Operator::kNever:
      break;
  }
  return false;
}

bool Selector::matches(const Json& object) const {
  if (requirements_.empty()) return false;
  const Json* labels = find(object, {"metadata", "labels"});
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&](const Requirement& each) { return meets(labels, each); });
}

}  // namespace podrun::controllers
