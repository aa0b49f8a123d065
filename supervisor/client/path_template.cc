#include "supervisor/client/path_template.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "supervisor/client/cases.h"
#include "supervisor/client/path_parse.h"
#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/text.h"

namespace podrun::client {
namespace {

using Values = std::vector<const Json*>;

Values walk(const Steps& steps, Values from);

void take_field(const Json& value, const std::string& name, Values& out) {
  if (const Json* field = manifest::find(value, name); field != nullptr) out.push_back(field);
}

void take_below(const Json& value, Values& out) {
  out.push_back(&value);
  if (!value.is_structured()) return;
  for (const Json& item : value) {
    if (item.is_structured()) take_below(item, out);
  }
}

void take_slice(const Json& value, const SliceStep& slice, Values& out) {
  if (!value.is_array()) throw Error("is not array or slice: " + template_text(value));
  const auto size = static_cast<std::int64_t>(value.size());
  std::int64_t begin = slice.begin.value_or(0);
  if (begin < 0) begin += size;
  std::int64_t end = slice.single ? begin + 1 : slice.end.value_or(size);
  if (!slice.single && end < 0) end += size;
  if (slice.single && (begin < 0 || begin >= size)) {
    throw Error("array index out of bounds: index " + std::to_string(*slice.begin) + ", length " +
                std::to_string(size));
  }
  for (std::int64_t at = std::max<std::int64_t>(begin, 0); at < std::min(end, size);
       at += slice.step) {
    out.push_back(&value[static_cast<std::size_t>(at)]);
  }
}

/// The one value of a side; null where there is none.
const Json* side(const Operand& operand, const Json& item, Values& scratch) {
  if (const auto* value = std::get_if<Json>(&operand)) return value;
  scratch = walk(std::get<Steps>(operand), {&item});
  if (scratch.size() > 1) throw Error("can only compare one element at a time");
  return scratch.empty() ? nullptr : scratch.front();
}

bool holds(const FilterStep& filter, const Json& item) {
  Values left_values, right_values;
  if (filter.op.empty()) {
    const auto* steps = std::get_if<Steps>(&filter.left);
    return steps == nullptr || !walk(*steps, {&item}).empty();
  }
  const Json* left = side(filter.left, item, left_values);
  const Json* right = side(filter.right, item, right_values);
  if (left == nullptr || right == nullptr) return false;
  if (filter.op == "==") return *left == *right;
  if (filter.op == "!=") return *left != *right;
  if (left->is_number() != right->is_number()) return false;
  if (filter.op == "<") return *left < *right;
  if (filter.op == "<=") return *left <= *right;
  if (filter.op == ">") return *left > *right;
  if (filter.op == ">=") return *left >= *right;
  throw Error("unrecognized filter operator " + filter.op);
}

void take(const PathStep& step, const Json& value, Values& out) {
  const Cases cases{[&](const FieldStep& field) { take_field(value, field.name, out); },
                    [&](const WildcardStep&) {
                      if (!value.is_structured()) return;
                      for (const Json& item : value) out.push_back(&item);
                    },
                    [&](const RecursiveStep&) { take_below(value, out); },
                    [&](const SliceStep& slice) {
                      if (!value.is_null()) take_slice(value, slice, out);
                    },
                    [&](const UnionStep& several) {
                      for (const Steps& part : several.parts) {
                        for (const Json* found : walk(part, {&value})) out.push_back(found);
                      }
                    },
                    [&](const FilterStep& filter) {
                      if (!value.is_structured()) return;
                      for (const Json& item : value) {
                        if (holds(filter, item)) out.push_back(&item);
                      }
                    }};
  std::visit(cases, static_cast<const PathStep::variant&>(step));
}

Values walk(const Steps& steps, Values from) {
  for (const PathStep& step : steps) {
    Values next;
    for (const Json* value : from) take(step, *value, next);
    from = std::move(next);
  }
  return from;
}

void fill_nodes(const std::vector<TemplateNode>& nodes, const Json& object, std::string& out) {
  for (const TemplateNode& node : nodes) {
    const Cases cases{[&](const TextNode& text) { out += text.text; },
                      [&](const Steps& steps) {
                        bool first = true;
                        for (const Json* value : walk(steps, {&object})) {
                          if (!first) out += ' ';
                          first = false;
                          out += template_text(*value);
                        }
                      },
                      [&](const RangeNode& range) {
                        for (const Json* value : walk(range.over, {&object})) {
                          fill_nodes(range.body, *value, out);
                        }
                      }};
    std::visit(cases, static_cast<const TemplateNode::variant&>(node));
  }
}

void take_arrays(const std::vector<TemplateNode>& nodes, const Json& object,
                 std::vector<Json>& out) {
  for (const TemplateNode& node : nodes) {
    const Cases cases{[&](const TextNode& text) { out.push_back(Json::array({text.text})); },
                      [&](const Steps& steps) {
                        Json values = Json::array();
                        for (const Json* value : walk(steps, {&object})) values.push_back(*value);
                        out.push_back(std::move(values));
                      },
                      [&](const RangeNode& range) {
                        for (const Json* value : walk(range.over, {&object})) {
                          take_arrays(range.body, *value, out);
                        }
                      }};
    std::visit(cases, static_cast<const TemplateNode::variant&>(node));
  }
}

}  // namespace

PathTemplate PathTemplate::parse(std::string_view text) {
  PathTemplate made;
  made.nodes_ = parse_template(text);
  return made;
}

PathTemplate PathTemplate::parse_relaxed(std::string_view text) {
  std::string path(text);
  if (path.starts_with('{') && path.ends_with('}')) path = path.substr(1, path.size() - 2);
  if (!path.empty() && path[0] != '.' && path[0] != '[' && path[0] != '$') path = "." + path;
  return parse("{" + path + "}");
}

std::string PathTemplate::fill(const Json& object) const {
  std::string out;
  fill_nodes(nodes_, object, out);
  return out;
}

std::vector<Json> PathTemplate::arrays(const Json& object) const {
  std::vector<Json> out;
  take_arrays(nodes_, object, out);
  return out;
}

std::vector<const Json*> PathTemplate::values(const Json& object) const {
  for (const TemplateNode& node : nodes_) {
    if (const auto* steps = std::get_if<Steps>(&node)) return walk(*steps, {&object});
  }
  return {};
}

std::string template_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "";
  if (value.is_number_float()) return manifest::json_number(value.get<double>());
  if (!value.is_structured()) return value.dump();
  Json copy = value;
  manifest::sort_fields(copy);
  return copy.dump();
}

std::string go_value_text(const Json& value) {
  if (value.is_null()) return "<nil>";
  if (!value.is_structured()) return template_text(value);
  Json copy = value;
  manifest::sort_fields(copy);
  std::string out;
  if (value.is_array()) {
    for (const Json& item : copy) out += (out.empty() ? "" : " ") + go_value_text(item);
    return "[" + out + "]";
  }
  for (const auto& [name, field] : copy.items()) {
    out += (out.empty() ? "" : " ") + name + ":" + go_value_text(field);
  }
  return "map[" + out + "]";
}

}  // namespace podrun::client
