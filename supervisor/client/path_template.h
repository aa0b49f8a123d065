// kubectl's JSONPath templates (`{.items[*].metadata.name}`, ranges, filters): parsed once, filled
// in for any object. Pure. The grammar and what it makes of missing fields are k8s.io/client-go's
// util/jsonpath.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace podrun::client {

using Json = nlohmann::ordered_json;

struct PathStep;
using Steps = std::vector<PathStep>;

struct FieldStep {
  std::string name;
};
struct WildcardStep {};
/// `..`: the value and all that is below it.
struct RecursiveStep {};
struct SliceStep {
  std::optional<std::int64_t> begin, end;
  std::int64_t step = 1;
  bool single = false;  // `[2]`: beyond the end is an error
};
struct UnionStep {
  std::vector<Steps> parts;
};
/// A side of a comparison: a path, or a value.
using Operand = std::variant<Steps, Json>;
struct FilterStep {
  Operand left, right;
  std::string op;  // "==", "<=" …; empty: the left side exists
};
struct PathStep
    : std::variant<FieldStep, WildcardStep, RecursiveStep, SliceStep, UnionStep, FilterStep> {
  using variant::variant;
};

struct TemplateNode;
struct TextNode {
  std::string text;
};
struct RangeNode {
  Steps over;
  std::vector<TemplateNode> body;
};
struct TemplateNode : std::variant<TextNode, Steps, RangeNode> {
  using variant::variant;
};

class PathTemplate {
 public:
  /// Throws BadInput.
  static PathTemplate parse(std::string_view text);
  /// As --sort-by, custom-columns and `wait --for=jsonpath` take a path: `{.a.b}`, `.a.b` or `a.b`.
  static PathTemplate parse_relaxed(std::string_view text);

  /// Text and values in order. Throws Error where an index is beyond a list's end.
  std::string fill(const Json& object) const;
  /// What -o jsonpath-as-json prints: an array of the values of each path and each text in order.
  std::vector<Json> arrays(const Json& object) const;
  /// The values of the template's first path; for templates that are one path.
  std::vector<const Json*> values(const Json& object) const;

 private:
  std::vector<TemplateNode> nodes_;
};

/// A value as templates print it: text as it is, lists and maps as JSON.
std::string template_text(const Json& value);
/// A value as Go's %v prints it: `map[a:b]`, `[1 2]`, "<nil>".
std::string go_value_text(const Json& value);

}  // namespace podrun::client
