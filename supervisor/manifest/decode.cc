#include "supervisor/manifest/decode.h"

#include <charconv>
#include <limits>

#include "base/error.h"
#include "base/go_text.h"
#include "base/quantity.h"
#include "supervisor/manifest/text.h"

namespace podrun::manifest {

namespace {

using Json = nlohmann::ordered_json;

class Decoder {
 public:
  explicit Decoder(Report& report) : report_(report) {}

  Json object(const Path& path, const ObjectType& type) {
    Json out = Json::object();
    if (path.node()->kind != NodeKind::kMap) {
      wrong_type(path, "an object");
      return out;
    }
    for (const MapEntry& entry : path.node()->entries) {
      const Path at = path.field(entry);
      const Field* field = type.find(entry.key);
      if (field == nullptr) {
        const Field* meant = type.closest(entry.key);
        report_.unknown_field(at, meant == nullptr ? "" : meant->name);
      } else if (at.is_set() && is_wanted(*field, at)) {
        out[entry.key] = field->is_list ? list(at, *field) : value(at, *field);
      }
    }
    return out;
  }

 private:
  /// False for a field that is not acted on; says so, too.
  bool is_wanted(const Field& field, const Path& at) {
    if (field.support == Support::kHonoured) return true;
    if (field.support == Support::kServer) return false;
    const Node& node = *at.node();
    const bool empty = node.entries.empty() && node.items.empty() && node.text.empty();
    const bool quiet = empty || (!field.quiet.empty() && node.text == field.quiet);
    if (!quiet && field.support == Support::kUnsupported) {
      report_.unsupported_field(at, field.note);
    }
    if (!quiet && field.support == Support::kIgnored) {
      report_.warning(at, "ignored: " + std::string(field.note));
    }
    // What has a type is still checked, and kept for those who read the pod.
    return field.type != FieldType::kAny;
  }

  Json list(const Path& path, const Field& field) {
    Json out = Json::array();
    if (path.node()->kind != NodeKind::kList) {
      wrong_type(path, "a list");
      return out;
    }
    for (std::size_t i = 0; i < path.node()->items.size(); ++i) {
      out.push_back(value(path[i], field));
    }
    return out;
  }

  /// One value of the field's type. Null, which only lists and maps bring here, is the empty value.
  Json value(const Path& path, const Field& field) {
    const Node& node = *path.node();
    const bool null = node.kind == NodeKind::kNull;
    switch (field.type) {
      case FieldType::kObject:
        return null ? Json::object() : object(path, *field.object);
      case FieldType::kString:
        return null ? Json("") : string(path);
      case FieldType::kBool:
        if (!null && node.kind != NodeKind::kBool) wrong_type(path, kBoolean);
        return node.truth;
      case FieldType::kInt32:
        return integer(path, std::numeric_limits<std::int32_t>::min(),
                       std::numeric_limits<std::int32_t>::max(), kInteger32);
      case FieldType::kInt64:
        return integer(path, std::numeric_limits<std::int64_t>::min(),
                       std::numeric_limits<std::int64_t>::max(), kInteger);
      case FieldType::kIntOrString:
        if (node.kind == NodeKind::kString) return string(path);
        return integer(path, std::numeric_limits<std::int32_t>::min(),
                       std::numeric_limits<std::int32_t>::max(), "an integer or a string");
      case FieldType::kQuantity:
        return null ? Json("0") : quantity(path);
      case FieldType::kStringMap:
      case FieldType::kQuantityMap:
        return null ? Json::object() : map(path, field.type);
      case FieldType::kAny:
        break;
    }
    return Json::object();
  }

  Json map(const Path& path, FieldType type) {
    Json out = Json::object();
    if (path.node()->kind != NodeKind::kMap) {
      wrong_type(path, "an object");
      return out;
    }
    const Field field{"",
                      type == FieldType::kStringMap ? FieldType::kString : FieldType::kQuantity};
    for (const MapEntry& entry : path.node()->entries) {
      check_nul(path.keyed(entry), entry.key);
      out[entry.key] = value(path.keyed(entry), field);
    }
    return out;
  }

  Json string(const Path& path) {
    const Node& node = *path.node();
    if (node.kind != NodeKind::kString) {
      wrong_type(path, "a string");
      return "";
    }
    check_nul(path, node.text);
    return node.text;
  }

  // No string of a manifest can reach a container with a NUL in it: execve(2) ends there.
  void check_nul(const Path& path, const std::string& text) {
    if (text.find('\0') == std::string::npos) return;
    report_.error(path, "Invalid value: must not contain a NUL character");
    report_.mute(path);
  }

  Json integer(const Path& path, std::int64_t least, std::int64_t most, const char* expected) {
    const Node& node = *path.node();
    if (node.kind == NodeKind::kNull) return 0;
    std::int64_t number = 0;
    const char* end = node.text.data() + node.text.size();
    const auto result = std::from_chars(node.text.data(), end, number);
    const bool whole =
        node.kind == NodeKind::kInteger && result.ec == std::errc() && result.ptr == end;
    if (whole && number >= least && number <= most) return number;
    wrong_type(path, expected);
    return 0;
  }

  Json quantity(const Path& path) {
    const Node& node = *path.node();
    const bool scalar = node.kind == NodeKind::kString || node.kind == NodeKind::kInteger ||
                        node.kind == NodeKind::kFloat;
    if (!scalar) {
      wrong_type(path, "a quantity");
      return "0";
    }
    try {
      return Quantity::parse(node.text).text();
    } catch (const BadInput& error) {
      report_.invalid(path, node.text, error.what());
      report_.mute(path);
      return "0";
    }
  }

  void wrong_type(const Path& path, const std::string& expected) {
    const Node& node = *path.node();
    std::string text = "expected " + expected + ", found " + describe(node);
    const bool scalar = node.kind == NodeKind::kBool || node.kind == NodeKind::kInteger ||
                        node.kind == NodeKind::kFloat;
    if (expected == "a string" && scalar) {
      text += " (write it in quotes: " + go_quote(spelling(node)) + ")";
    } else if (node.kind == NodeKind::kString && would_do(node.text, expected)) {
      text += " (write it without quotes)";
    }
    report_.error(path, std::move(text));
    report_.mute(path);
  }

  /// Whether a text in quotes would be of the expected type without them.
  static bool would_do(const std::string& text, const std::string& expected) {
    Node plain;
    if (!resolve_plain(text, plain)) return false;
    const bool integer = expected == kInteger || expected == kInteger32;
    return (plain.kind == NodeKind::kInteger && integer) ||
           (plain.kind == NodeKind::kBool && expected == kBoolean);
  }

  static constexpr const char* kInteger = "an integer";
  static constexpr const char* kInteger32 = "a 32-bit integer";
  static constexpr const char* kBoolean = "true or false";

  Report& report_;
};

}  // namespace

nlohmann::ordered_json decode(const Path& path, const ObjectType& type, Report& report) {
  return Decoder(report).object(path, type);
}

}  // namespace podrun::manifest
