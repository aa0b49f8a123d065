#include "supervisor/api/field_walk.h"

#include <set>

#include "supervisor/api/field_path.h"

namespace podrun::api {
namespace {

/// A value's place in the schema: what is told of the field that it is in, and of itself.
struct Rules {
  const PatchField* field = nullptr;  // of a list: what its elements are told apart by
  const PatchSchema* schema = nullptr;
};

Rules rules_of(const PatchSchema* parent, std::string_view name) {
  const PatchField* field = parent == nullptr ? nullptr : parent->find(name);
  return {field, field == nullptr ? nullptr : field->schema};
}
Rules rules_of_items(const Rules& list) { return {nullptr, list.schema}; }

/// Whether the value is one for all owners: its parts are not looked at.
bool is_leaf(const Json& value, const Rules& rules) {
  if (value.is_array()) return list_kind(rules.field) == ListKind::kAtomic;
  if (value.is_object()) return rules.schema != nullptr && rules.schema->atomic;
  return true;
}

bool is_empty(const Json* value) {
  return value == nullptr || value->is_null() || (value->is_structured() && value->empty());
}

const Json* field_in(const Json* object, const std::string& name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

// ---- the fields of an object

void collect(const Json& value, const Rules& rules, FieldSet& into) {
  if (is_leaf(value, rules)) {
    into.add_member();
  } else if (value.is_array()) {
    for (const Json& item : value) {
      const auto element = item_element(item, *rules.field);
      if (!element) continue;
      FieldSet below;
      collect(item, rules_of_items(rules), below);
      below.add_member();
      into.put(*element, std::move(below));
    }
  } else {
    for (const auto& [name, part] : value.items()) {
      FieldSet below;
      collect(part, rules_of(rules.schema, name), below);
      if (part.is_object() && part.empty()) below.add_member();
      into.put(field_element(name), std::move(below));
    }
  }
}

// ---- what differs

/// Elements of a list by what tells them apart; of equal ones the first.
struct Elements {
  std::vector<std::pair<std::string, const Json*>> in_order;
  std::map<std::string, const Json*, std::less<>> by_element;

  Elements(const Json* list, const PatchField& field) {
    if (list == nullptr || !list->is_array()) return;
    for (const Json& item : *list) {
      auto element = item_element(item, field);
      if (element && by_element.emplace(*element, &item).second) {
        in_order.emplace_back(std::move(*element), &item);
      }
    }
  }
  const Json* find(const std::string& element) const {
    const auto found = by_element.find(element);
    return found == by_element.end() ? nullptr : found->second;
  }
};

bool is_other_shape(const Json* before, const Json* after) {
  return !is_empty(before) && !is_empty(after) && before->type() != after->type();
}

void compare_leaf(const Json* before, const Json* after, Comparison& at) {
  if (before == nullptr) {
    at.added.add_member();
  } else if (after == nullptr) {
    at.removed.add_member();
  } else if (*before != *after) {
    at.modified.add_member();
  }
}

/// At least one of both is there.
void compare(const Json* before, const Json* after, const Rules& rules, Comparison& at);

void compare_below(const std::string& element, const Json* before, const Json* after,
                   const Rules& rules, Comparison& at) {
  if (before != nullptr && after != nullptr && *before == *after) return;
  Comparison part;
  compare(before, after, rules, part);
  at.added.put(element, std::move(part.added));
  at.modified.put(element, std::move(part.modified));
  at.removed.put(element, std::move(part.removed));
}

void compare_objects(const Json* before, const Json* after, const Rules& rules, Comparison& at) {
  if (before != nullptr && before->is_object()) {
    for (const auto& [name, was] : before->items()) {
      const Json* now = field_in(after, name);
      compare_below(field_element(name), &was, now, rules_of(rules.schema, name), at);
    }
  }
  if (after == nullptr || !after->is_object()) return;
  for (const auto& [name, now] : after->items()) {
    if (field_in(before, name) != nullptr) continue;
    compare_below(field_element(name), nullptr, &now, rules_of(rules.schema, name), at);
  }
}

void compare_lists(const Json* before, const Json* after, const Rules& rules, Comparison& at) {
  const Elements was(before, *rules.field), now(after, *rules.field);
  for (const auto& [element, item] : was.in_order) {
    compare_below(element, item, now.find(element), rules_of_items(rules), at);
  }
  for (const auto& [element, item] : now.in_order) {
    if (was.find(element) != nullptr) continue;
    compare_below(element, nullptr, item, rules_of_items(rules), at);
  }
}

void compare(const Json* before, const Json* after, const Rules& rules, Comparison& at) {
  if (is_empty(before) && is_empty(after)) {
    compare_leaf(before, after, at);
    return;
  }
  const Json& shape = is_empty(after) ? *before : *after;
  if (is_leaf(shape, rules) || is_other_shape(before, after)) {
    compare_leaf(before, after, at);
    return;
  }
  if (shape.is_array()) {
    compare_lists(before, after, rules, at);
  } else {
    compare_objects(before, after, rules, at);
  }
  if (before == nullptr) at.added.add_member();
  if (after == nullptr) at.removed.add_member();
}

// ---- laying over, taking out

Json merged(const Json& live, const Json& config, const Rules& rules);

/// The first element from `from` on that `list` has, too; null where there is none.
const std::string* next_shared(const Elements& config, std::size_t from, const Elements& list) {
  for (std::size_t i = from; i < config.in_order.size(); ++i) {
    if (list.find(config.in_order[i].first) != nullptr) return &config.in_order[i].first;
  }
  return nullptr;
}

Json merged_items(const Json& live, const Json& config, const Rules& rules) {
  const Elements theirs(&live, *rules.field), ours(&config, *rules.field);
  Json out = Json::array();
  auto next = theirs.in_order.begin();
  // What only `live` has stands before the shared element that it stood before.
  const auto pass_live = [&](const std::string* until) {
    for (; next != theirs.in_order.end(); ++next) {
      if (until != nullptr && next->first == *until) return;
      if (ours.find(next->first) == nullptr) out.push_back(*next->second);
    }
  };
  for (std::size_t i = 0; i < ours.in_order.size(); ++i) {
    const auto& [element, item] = ours.in_order[i];
    pass_live(next_shared(ours, i, theirs));
    const Json* other = theirs.find(element);
    out.push_back(other == nullptr ? *item : merged(*other, *item, rules_of_items(rules)));
  }
  pass_live(nullptr);
  return out;
}

Json merged(const Json& live, const Json& config, const Rules& rules) {
  if (is_leaf(config, rules) || live.type() != config.type()) return config;
  if (config.is_array()) return merged_items(live, config, rules);
  Json out = live;
  for (const auto& [name, value] : config.items()) {
    const Json* present = field_in(&live, name);
    out[name] = present == nullptr ? value : merged(*present, value, rules_of(rules.schema, name));
  }
  return out;
}

Json reduced(const Json& value, const FieldSet& fields, const Rules& rules) {
  if (is_leaf(value, rules)) return value;
  Json out = value.is_array() ? Json::array() : Json::object();
  if (value.is_array()) {
    for (const Json& item : value) {
      const auto element = item_element(item, *rules.field);
      const FieldSet* below = element ? fields.find(*element) : nullptr;
      if (below != nullptr && below->is_member()) continue;
      out.push_back(below == nullptr ? item : reduced(item, *below, rules_of_items(rules)));
    }
  } else {
    for (const auto& [name, part] : value.items()) {
      const FieldSet* below = fields.find(field_element(name));
      if (below != nullptr && below->is_member()) continue;
      Json left = below == nullptr ? part : reduced(part, *below, rules_of(rules.schema, name));
      if (below != nullptr && left.empty() && !part.empty()) continue;
      out[name] = std::move(left);
    }
  }
  return out;
}

// ---- errors

void find_errors(const Json& value, const Rules& rules, std::vector<std::string>& path,
                 std::vector<std::string>& errors) {
  const auto here = [&] { return path_text({path.begin(), path.end()}); };
  if (is_leaf(value, rules)) return;
  if (value.is_object()) {
    for (const auto& [name, part] : value.items()) {
      path.push_back(field_element(name));
      find_errors(part, rules_of(rules.schema, name), path, errors);
      path.pop_back();
    }
    return;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto element = item_element(value[i], *rules.field);
    if (!element) {
      errors.push_back(here() + ": element " + std::to_string(i) +
                       ": associative list with keys has an element that omits key field \"" +
                       std::string(rules.field->merge_key) + "\"");
      continue;
    }
    if (!seen.insert(*element).second) {
      errors.push_back(here() + ": duplicate entries for key " + path_text({*element}));
    }
    path.push_back(*element);
    find_errors(value[i], rules_of_items(rules), path, errors);
    path.pop_back();
  }
}

}  // namespace

FieldSet fields_of(const Json& object, const PatchSchema* schema) {
  FieldSet set;
  if (object.is_object()) collect(object, {nullptr, schema}, set);
  return set;
}

Comparison compare_fields(const Json& before, const Json& after, const PatchSchema* schema) {
  Comparison found;
  compare(&before, &after, {nullptr, schema}, found);
  return found;
}

Json laid_over(const Json& live, const Json& config, const PatchSchema* schema) {
  return merged(live, config, {nullptr, schema});
}

Json without_fields(const Json& object, const FieldSet& fields, const PatchSchema* schema) {
  return reduced(object, fields, {nullptr, schema});
}

std::vector<std::string> list_errors(const Json& object, const PatchSchema* schema) {
  std::vector<std::string> errors, path;
  find_errors(object, {nullptr, schema}, path, errors);
  return errors;
}

}  // namespace podrun::api
