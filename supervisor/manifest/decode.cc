#include "supervisor/manifest/decode.h"

#include <charconv>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/go_text.h"
#include "base/quantity.h"
#include "supervisor/manifest/go_type_error.h"
#include "supervisor/manifest/text.h"

namespace podrun::manifest {

namespace {

using Json = nlohmann::ordered_json;

class Decoder {
 public:
  explicit Decoder(Report& report) : report_(&report) {}
  explicit Decoder(Findings& findings) : findings_(&findings) {}

  Json object(const Path& path, const ObjectType& type) {
    if (path.node()->kind != NodeKind::kMap) {
      if (type_ == nullptr) type_ = &type;
      wrong_type(path, "an object");
      return Json::object();
    }
    const ObjectType* outer = std::exchange(type_, &type);
    Json out = fields(path, type);
    type_ = outer;
    return out;
  }

 private:
  // Growing an object copies all of it, as its keys are const: room for some defaults, too.
  static Json object_with_room(std::size_t fields) {
    constexpr std::size_t kDefaults = 8;
    Json out = Json::object();
    out.get_ref<Json::object_t&>().reserve(fields + kDefaults);
    return out;
  }

  Json fields(const Path& path, const ObjectType& type) {
    Json out = object_with_room(path.node()->entries.size());
    for (const MapEntry& entry : path.node()->entries) {
      const Path at = path.field(entry);
      const Field* field = type.find(entry.key);
      if (findings_ != nullptr && entry.is_repeated) strict("duplicate field ", at);
      if (field == nullptr) {
        unknown(at, type, entry.key);
      } else if (at.is_set() && is_wanted(*field, at)) {
        Json content = field->is_list ? list(at, *field) : value(at, *field);
        // The keys of a node are distinct: no need to look for this one.
        if (!is_omitted(*field, content)) {
          out.get_ref<Json::object_t&>().Container::emplace_back(entry.key, std::move(content));
        }
      }
    }
    return out;
  }

  using Container = Json::object_t::Container;

  void strict(const char* what, const Path& at) {
    constexpr std::size_t kMost = 100;
    if (findings_->strict.size() < kMost) findings_->strict.push_back(what + go_quote(at.text()));
  }

  void unknown(const Path& at, const ObjectType& type, const std::string& key) {
    if (findings_ != nullptr) return strict("unknown field ", at);
    const Field* meant = type.closest(key);
    report_->unknown_field(at, meant == nullptr ? "" : meant->name);
  }

  bool is_omitted(const Field& field, const Json& content) const {
    if (findings_ == nullptr || field.zero == Zero::kKeep) return false;
    if (field.is_list) return content.empty();
    switch (field.type) {
      case FieldType::kString:
        return content.get_ref<const std::string&>().empty();
      case FieldType::kStringMap:
      case FieldType::kQuantityMap:
        return content.empty();
      case FieldType::kBool:
        return field.zero == Zero::kOmit && content == Json(false);
      case FieldType::kInt32:
      case FieldType::kInt64:
        return field.zero == Zero::kOmit && content == Json(0);
      default:
        return false;
    }
  }

  /// False for a field that is not acted on; says so, too.
  bool is_wanted(const Field& field, const Path& at) {
    if (field.support == Support::kHonoured) return true;
    if (findings_ != nullptr) {
      warn_of(field, at);
      return true;
    }
    if (field.support == Support::kServer) return false;
    const bool quiet = asks_nothing(field, *at.node());
    if (!quiet && (field.support == Support::kUnsupported || field.support == Support::kDaemon)) {
      report_->unsupported_field(at, field.note);
    }
    if (!quiet && field.support == Support::kIgnored) {
      report_->warning(at, "ignored: " + std::string(field.note));
    }
    // What has a type is still checked, and kept for those who read the pod.
    return field.type != FieldType::kAny && field.type != FieldType::kAnyObject;
  }

  static bool asks_nothing(const Field& field, const Node& node) {
    const bool empty = node.entries.empty() && node.items.empty() && node.text.empty();
    return empty || (!field.quiet.empty() && node.text == field.quiet);
  }

  void warn_of(const Field& field, const Path& at) {
    if (field.support != Support::kUnsupported || asks_nothing(field, *at.node())) return;
    std::string text = at.text() + ": not supported by podrun";
    if (!field.note.empty()) text.append(": ").append(field.note);
    findings_->warnings.push_back(std::move(text));
  }

  Json list(const Path& path, const Field& field) {
    Json out = Json::array();
    if (field.type == FieldType::kAny && findings_ != nullptr)
      return plain_json(*path.node(), Nulls::kDropped);
    if (path.node()->kind != NodeKind::kList) {
      field_ = &field;
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
    field_ = &field;
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
      case FieldType::kAnyObject:
        if (null || findings_ == nullptr) return Json::object();
        if (node.kind == NodeKind::kMap) return plain_json(node, Nulls::kDropped);
        wrong_type(path, "an object");
        return Json::object();
      case FieldType::kAny:
        break;
    }
    return findings_ != nullptr ? plain_json(node, Nulls::kDropped) : Json::object();
  }

  Json map(const Path& path, FieldType type) {
    Json out = Json::object();
    if (path.node()->kind != NodeKind::kMap) {
      wrong_type(path, "an object");
      return out;
    }
    out.get_ref<Json::object_t&>().reserve(path.node()->entries.size());
    const Field field{"",
                      type == FieldType::kStringMap ? FieldType::kString : FieldType::kQuantity};
    for (const MapEntry& entry : path.node()->entries) {
      check_nul(path.keyed(entry), entry.key);
      if (findings_ != nullptr && entry.is_repeated) strict("duplicate field ", path.field(entry));
      out.get_ref<Json::object_t&>().Container::emplace_back(entry.key,
                                                             value(path.keyed(entry), field));
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
    if (findings_ != nullptr) {
      return malformed(path.text() + ": Invalid value: must not contain a NUL character");
    }
    report_->error(path, "Invalid value: must not contain a NUL character");
    report_->mute(path);
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
      const Quantity quantity = Quantity::parse(node.text);
      return findings_ != nullptr ? quantity.canonical() : quantity.text();
    } catch (const BadInput& error) {
      if (findings_ != nullptr) {
        malformed(error.what());
        return "0";
      }
      report_->invalid(path, node.text, error.what());
      report_->mute(path);
      return "0";
    }
  }

  void wrong_type(const Path& path, const std::string& expected) {
    const Node& node = *path.node();
    if (findings_ != nullptr) return malformed(go_type_error(path, *type_, field_));
    std::string text = "expected " + expected + ", found " + describe(node);
    const bool scalar = node.kind == NodeKind::kBool || node.kind == NodeKind::kInteger ||
                        node.kind == NodeKind::kFloat;
    if (expected == "a string" && scalar) {
      text += " (write it in quotes: " + go_quote(spelling(node)) + ")";
    } else if (node.kind == NodeKind::kString && would_do(node.text, expected)) {
      text += " (write it without quotes)";
    }
    report_->error(path, std::move(text));
    report_->mute(path);
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

  void malformed(std::string text) {
    if (findings_->malformed.empty()) findings_->malformed = std::move(text);
  }

  // Either of the two says who asks.
  Report* report_ = nullptr;
  Findings* findings_ = nullptr;
  const ObjectType* type_ = nullptr;
  const Field* field_ = nullptr;  // at hand; null at the root
};

}  // namespace

Json plain_json(const Node& node, Nulls nulls) {
  switch (node.kind) {
    case NodeKind::kNull:
      return nullptr;
    case NodeKind::kBool:
      return node.truth;
    case NodeKind::kInteger:
    case NodeKind::kFloat:
      // Its spelling is JSON's; what no double can hold is nothing that a field asks for.
      return Json::accept(node.text) ? Json::parse(node.text) : Json(0);
    case NodeKind::kString:
      return node.text;
    case NodeKind::kList: {
      Json out = Json::array();
      for (const Node& item : node.items) out.push_back(plain_json(item, nulls));
      return out;
    }
    case NodeKind::kMap:
      break;
  }
  Json out = Json::object();
  auto& members = out.get_ref<Json::object_t&>();
  members.reserve(node.entries.size());
  for (const MapEntry& entry : node.entries) {
    if (entry.value.kind == NodeKind::kNull && nulls == Nulls::kDropped) continue;
    members.Container::emplace_back(entry.key, plain_json(entry.value, nulls));
  }
  return out;
}

nlohmann::ordered_json decode(const Path& path, const ObjectType& type, Report& report) {
  return Decoder(report).object(path, type);
}

nlohmann::ordered_json decode_all(const Path& path, const ObjectType& type, Findings& findings) {
  return Decoder(findings).object(path, type);
}

}  // namespace podrun::manifest
