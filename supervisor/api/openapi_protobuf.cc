// OpenAPI v2 in protobuf, as far as our documents go: field numbers are those of gnostic's
// openapiv2/OpenAPIv2.proto.
#include <cstdint>

#include "supervisor/api/json_path.h"
#include "supervisor/api/openapi.h"

namespace podrun::api {
namespace {

/// A message being written: fields in the wire format of proto3.
class Message {
 public:
  void text(int field, std::string_view value) {
    if (value.empty()) return;
    nested(field, value);
  }
  void message(int field, const Message& value) { nested(field, value.bytes_); }
  void flag(int field, bool value) {
    if (!value) return;
    varint(static_cast<std::uint64_t>(field) << 3U);
    varint(1);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void nested(int field, std::string_view value) {
    constexpr std::uint64_t kLengthDelimited = 2;
    varint(static_cast<std::uint64_t>(field) << 3U | kLengthDelimited);
    varint(value.size());
    bytes_ += value;
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) bytes_ += static_cast<char>(value | 0x80U);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

Message named(std::string_view name, const Message& value) {
  Message entry;
  entry.text(1, name);
  entry.message(2, value);
  return entry;
}

/// NamedAny of each x-… field. JSON is YAML.
void add_extensions(Message& to, int field, const Json& from) {
  for (const auto& [key, value] : from.items()) {
    if (!key.starts_with("x-")) continue;
    Message any;
    any.text(2, value.dump());
    to.message(field, named(key, any));
  }
}

Message schema_message(const Json& schema) {
  Message made;
  made.text(1, text_at(schema, "$ref"));
  made.text(2, text_at(schema, "format"));
  made.text(4, text_at(schema, "description"));
  if (const Json* values = find_path(schema, "additionalProperties"); values != nullptr) {
    Message item;
    item.message(1, schema_message(*values));
    made.message(21, item);
  }
  if (schema.contains("type")) {
    Message type;
    type.text(1, text_at(schema, "type"));
    made.message(22, type);
  }
  if (const Json* items = find_path(schema, "items"); items != nullptr) {
    Message item;
    item.message(1, schema_message(*items));
    made.message(23, item);
  }
  if (const Json* fields = find_path(schema, "properties"); fields != nullptr) {
    Message properties;
    for (const auto& [name, value] : fields->items()) {
      properties.message(1, named(name, schema_message(value)));
    }
    made.message(25, properties);
  }
  add_extensions(made, 31, schema);
  return made;
}

Message parameter_message(const Json& parameter) {
  Message query;
  query.text(2, text_at(parameter, "in"));
  query.text(4, text_at(parameter, "name"));
  query.text(6, text_at(parameter, "type"));
  query.flag(20, bool_at(parameter, "uniqueItems"));
  Message non_body, made, item;
  non_body.message(3, query);
  made.message(2, non_body);
  item.message(1, made);
  return item;
}

Message responses_message(const Json& responses) {
  Message made;
  for (const auto& [code, response] : responses.items()) {
    Message inner, value;
    inner.text(1, text_at(response, "description"));
    value.message(1, inner);
    made.message(1, named(code, value));
  }
  return made;
}

Message operation_message(const Json& operation) {
  Message made;
  made.text(5, text_at(operation, "operationId"));
  for (const Json& parameter : at_path(operation, "parameters")) {
    made.message(8, parameter_message(parameter));
  }
  made.message(9, responses_message(at_path(operation, "responses")));
  add_extensions(made, 13, operation);
  return made;
}

Message path_message(const Json& path) {
  constexpr std::pair<const char*, int> kVerbs[] = {
      {"get", 2}, {"put", 3}, {"post", 4}, {"delete", 5}, {"patch", 8}};
  Message made;
  for (const auto& [verb, field] : kVerbs) {
    if (const auto found = path.find(verb); found != path.end()) {
      made.message(field, operation_message(*found));
    }
  }
  return made;
}

}  // namespace

std::string openapi_v2_protobuf(const Json& document) {
  Message made, info, paths, definitions;
  made.text(1, text_at(document, "swagger"));
  info.text(1, text_at(document, "info.title"));
  info.text(2, text_at(document, "info.version"));
  made.message(2, info);
  for (const auto& [name, path] : at_path(document, "paths").items()) {
    paths.message(2, named(name, path_message(path)));
  }
  made.message(8, paths);
  for (const auto& [name, schema] : at_path(document, "definitions").items()) {
    definitions.message(1, named(name, schema_message(schema)));
  }
  made.message(9, definitions);
  return made.bytes();
}

}  // namespace podrun::api
