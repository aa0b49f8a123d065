#include "supervisor/api/protobuf_body.h"

#include <chrono>
#include <limits>
#include <map>

#include "base/base64.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "supervisor/api/accept.h"
#include "supervisor/api/api_error.h"
#include "supervisor/api/protobuf_fields.h"
#include "supervisor/api/protobuf_reader.h"

namespace podrun::api {
namespace {

using protobuf::Field;
using protobuf::Form;
using protobuf::Message;
using protobuf::Reader;
using protobuf::Type;
using protobuf::WireField;
using protobuf::WireType;

constexpr std::string_view kMagic("k8s\0", 4);
constexpr std::string_view kMediaType = "application/vnd.kubernetes.protobuf";

/// A list of empty messages is two bytes an entry, and far more in memory.
constexpr std::size_t kMaxValues = 262144;

[[noreturn]] void fail(std::string_view field, const std::string& why) {
  throw bad_request("the body cannot be decoded as protobuf: " + std::string(field) + ": " + why);
}

std::string_view bytes_of(const WireField& wire, std::string_view name) {
  if (wire.type != WireType::kBytes) fail(name, "wrong wireType");
  return wire.bytes;
}

std::uint64_t varint_of(const WireField& wire, std::string_view name) {
  if (wire.type != WireType::kVarint) fail(name, "wrong wireType");
  return wire.varint;
}

std::string text_of(const WireField& wire, std::string_view name) {
  const std::string_view bytes = bytes_of(wire, name);
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::size_t length = utf8_sequence_length(rest);
    if (length == 0) fail(name, "invalid UTF-8");
    rest.remove_prefix(length);
  }
  return std::string(bytes);
}

std::string quantity_of(std::string_view bytes, std::string_view name) {
  std::string text;
  for (Reader reader(bytes); const auto wire = reader.next();) {
    if (wire->number == 1) text = text_of(*wire, name);
  }
  return text;
}

Json int_or_string_of(std::string_view bytes, std::string_view name) {
  std::uint64_t type = 0;
  std::int64_t number = 0;
  std::string text;
  for (Reader reader(bytes); const auto wire = reader.next();) {
    if (wire->number == 1) type = varint_of(*wire, name);
    if (wire->number == 2) number = static_cast<std::int32_t>(varint_of(*wire, name));
    if (wire->number == 3) text = text_of(*wire, name);
  }
  if (type > 1) fail(name, "impossible IntOrString.Type");
  return type == 0 ? Json(number) : Json(text);
}

/// Null for the zero time.
Json time_of(std::string_view bytes, const Field& field) {
  // Year 1 to 9999, as RFC 3339 and encoding/json have them; WallTime holds fewer.
  constexpr std::int64_t kLastSecond = std::numeric_limits<std::int64_t>::max() / 1'000'000'000 - 1;
  constexpr std::int64_t kNanosOfSecond = 1'000'000'000;
  std::int64_t seconds = 0, nanos = 0;
  for (Reader reader(bytes); const auto wire = reader.next();) {
    if (wire->number == 1) seconds = static_cast<std::int64_t>(varint_of(*wire, field.name));
    if (wire->number == 2) nanos = static_cast<std::int64_t>(varint_of(*wire, field.name));
  }
  if (seconds == 0 && nanos == 0) return nullptr;
  if (seconds < 0 || seconds > kLastSecond || nanos < 0 || nanos >= kNanosOfSecond) {
    fail(field.name, "time out of range");
  }
  const WallTime time{std::chrono::seconds(seconds)};
  std::string text = rfc3339(time);
  if (field.type == Type::kTime) return text;
  const std::string micros = std::to_string(nanos / 1000);
  text.pop_back();  // Z
  return text + "." + std::string(6 - micros.size(), '0') + micros + "Z";
}

/// Decodes one body: counts what it makes.
class Decoder {
 public:
  void message(std::string_view bytes, const Message& type, Json& object);

 private:
  using Maps = std::map<const Field*, std::map<std::string, Json>>;

  void count() {
    if (++values_ > kMaxValues) throw bad_request("the body has too many values");
  }
  void field(const WireField& wire, const Field& field, Json& object);
  void list_entry(const WireField& wire, const Field& field, Json& list);
  void map_entry(const WireField& wire, const Field& field, std::map<std::string, Json>& map);
  Json value(const WireField& wire, const Field& field);

  std::size_t values_ = 0;
};

bool is_map(Type type) {
  return type == Type::kStringMap || type == Type::kBytesMap || type == Type::kQuantityMap;
}

/// What encoding/json's omitempty leaves out, and an empty struct, which says nothing.
bool is_zero(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_number()) return value.get<std::int64_t>() == 0;
  return value.empty();
}

Json Decoder::value(const WireField& wire, const Field& field) {
  switch (field.type) {
    case Type::kString:
      return text_of(wire, field.name);
    case Type::kBool:
      return varint_of(wire, field.name) != 0;
    case Type::kInt:
      return static_cast<std::int64_t>(varint_of(wire, field.name));
    case Type::kBytes:
      return to_base64(bytes_of(wire, field.name));
    case Type::kQuantity:
      return quantity_of(bytes_of(wire, field.name), field.name);
    case Type::kIntOrString:
      return int_or_string_of(bytes_of(wire, field.name), field.name);
    case Type::kTime:
    case Type::kMicroTime:
      return time_of(bytes_of(wire, field.name), field);
    default:
      break;
  }
  Json object = Json::object();
  message(bytes_of(wire, field.name), *field.message, object);
  return object;
}

void Decoder::map_entry(const WireField& wire, const Field& field,
                        std::map<std::string, Json>& map) {
  count();
  std::string key;
  Json value = "";
  for (Reader reader(bytes_of(wire, field.name)); const auto part = reader.next();) {
    if (part->number == 1) key = text_of(*part, field.name);
    if (part->number != 2) continue;
    if (field.type == Type::kStringMap) value = text_of(*part, field.name);
    if (field.type == Type::kBytesMap) value = to_base64(bytes_of(*part, field.name));
    if (field.type == Type::kQuantityMap) {
      value = quantity_of(bytes_of(*part, field.name), field.name);
    }
  }
  map.insert_or_assign(std::move(key), std::move(value));
}

void Decoder::list_entry(const WireField& wire, const Field& field, Json& list) {
  const bool numeric = field.type == Type::kInt || field.type == Type::kBool;
  if (!numeric || wire.type != WireType::kBytes) {
    count();
    list.push_back(value(wire, field));
    return;
  }
  for (Reader packed(wire.bytes); !packed.done();) {
    count();
    list.push_back(value({field.number, WireType::kVarint, packed.varint(), {}}, field));
  }
}

void Decoder::field(const WireField& wire, const Field& field, Json& object) {
  const std::string name(field.name);
  if (field.form == Form::kRepeated) return list_entry(wire, field, object[name]);
  if (field.form == Form::kInline) {
    return message(bytes_of(wire, field.name), *field.message, object);
  }
  count();
  if (field.type == Type::kMessage && object.contains(name)) {
    return message(bytes_of(wire, field.name), *field.message, object[name]);  // parts are merged
  }
  Json made = value(wire, field);
  if (made.is_null() || (field.form == Form::kPlain && is_zero(made))) {
    object.erase(name);
  } else {
    object[name] = std::move(made);
  }
}

void Decoder::message(std::string_view bytes, const Message& type, Json& object) {
  Maps maps;
  for (Reader reader(bytes); const auto wire = reader.next();) {
    const Field* known = type.field(wire->number);
    if (known == nullptr) continue;
    if (is_map(known->type)) {
      map_entry(*wire, *known, maps[known]);
    } else {
      field(*wire, *known, object);
    }
  }
  for (auto& [known, entries] : maps) {
    Json::object_t made;  // keys are distinct already: a lookup for each would take quadratic time
    for (auto& [key, value] : entries) {
      made.emplace_back(key, std::move(value));
    }
    object[std::string(known->name)] = std::move(made);
  }
}

/// runtime.Unknown.
struct Envelope {
  std::string api_version, kind, encoding;
  std::string_view raw;
};

Envelope open_envelope(std::string_view body) {
  if (!body.starts_with(kMagic)) {
    throw bad_request(
        "the body is not in Kubernetes' protobuf form: it does not begin with k8s\\0");
  }
  Envelope envelope;
  for (Reader reader(body.substr(kMagic.size())); const auto wire = reader.next();) {
    if (wire->number == 1) {
      for (Reader meta(bytes_of(*wire, "typeMeta")); const auto part = meta.next();) {
        if (part->number == 1) envelope.api_version = text_of(*part, "apiVersion");
        if (part->number == 2) envelope.kind = text_of(*part, "kind");
      }
    }
    if (wire->number == 2) envelope.raw = bytes_of(*wire, "raw");
    if (wire->number == 3) envelope.encoding = text_of(*wire, "contentEncoding");
    if (wire->number == 4) text_of(*wire, "contentType");
  }
  if (envelope.kind.empty()) throw bad_request("Object 'Kind' is missing in the protobuf body");
  if (!envelope.encoding.empty()) {
    throw unsupported_media_type("the protobuf body has the content encoding \"" +
                                 envelope.encoding + "\"");
  }
  return envelope;
}

}  // namespace

std::string json_from_protobuf(std::string_view body) {
  const Envelope envelope = open_envelope(body);
  const Message* type = protobuf::message_of(envelope.api_version, envelope.kind);
  if (type == nullptr) {
    throw unsupported_media_type(
        "the body of the request was in protobuf, which is not served for " + envelope.api_version +
        ", Kind=" + envelope.kind +
        " - accepted media types include: application/json, "
        "application/yaml");
  }
  Json object{{"kind", envelope.kind}, {"apiVersion", envelope.api_version}};
  Decoder().message(envelope.raw, *type, object);
  return object.dump();
}

bool has_protobuf_body(const Request& request) {
  if (request.body.empty() || request.method == "PATCH") return false;
  const auto clauses = parse_accept(request.header("content-type"));  // the same grammar
  return !clauses.empty() && clauses.front().media_type == kMediaType;
}

Request with_json_body(const Request& request) {
  Request json = request;
  json.body = json_from_protobuf(request.body);
  json.headers["content-type"] = "application/json";
  return json;
}

}  // namespace podrun::api
