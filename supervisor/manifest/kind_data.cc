// core/v1 ConfigMap and Secret.
#include <string>
#include <string_view>
#include <variant>

#include "base/base64.h"
#include "base/error.h"
#include "supervisor/manifest/base64.h"
#include "supervisor/manifest/go_type_error.h"
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/text.h"

namespace podrun::manifest {

namespace {

constexpr std::size_t kMostBytes = 1u << 20;

/// The bytes of a map's values, after its keys were checked. Values in base64 are decoded for that.
std::size_t check_entries(const Path& path, const StringMap& entries, bool base64, Report& report) {
  std::size_t size = 0;
  for (const auto& [key, value] : entries) {
    report.invalid(path.key(key), key, check_config_map_key(key));
    size += base64 ? base64_size(value) : value.size();
  }
  return size;
}

void check_immutable(Intake& in, std::initializer_list<const char*> fields) {
  if (in.old == nullptr || !truth_at(*in.old, "immutable")) return;
  constexpr const char* kText = "field is immutable when `immutable` is set";
  if (!truth_at(in.object, "immutable")) in.report.forbidden(in.path / "immutable", kText);
  for (const char* field : fields) {
    if (map_at(in.object, field) != map_at(*in.old, field)) {
      in.report.forbidden(in.path / field, kText);
    }
  }
}

/// What keeps a text from being an object of JSON, in Go's words; empty where it is one.
std::string not_json_object(std::string_view text) {
  const Document document = read_json_value(text);
  if (const auto* error = std::get_if<SyntaxError>(&document)) return error->text;
  const Node& node = std::get<Node>(document);
  if (node.kind == NodeKind::kMap || node.kind == NodeKind::kNull) return "";
  return go_type_error(node, "map[string]interface {}");
}

/// A registry's credentials, which must be there and be JSON.
void check_docker_config(const Path& path, const char* key, const StringMap& data, Report& report) {
  const auto found = data.find(key);
  if (found == data.end()) return report.required(path.key(key));
  const std::string problem = not_json_object(decode_base64(found->second).value_or(""));
  if (!problem.empty()) report.invalid(path.key(key), "<secret contents redacted>", problem);
}

/// ValidateSecret, by type.
void check_type(Intake& in, const std::string& type, const StringMap& data) {
  const Path at = in.path / "data";
  const auto require = [&](const char* key) {
    if (!data.contains(key)) in.report.required(at.key(key));
  };
  if (type == "kubernetes.io/dockercfg") check_docker_config(at, ".dockercfg", data, in.report);
  if (type == "kubernetes.io/dockerconfigjson") {
    check_docker_config(at, ".dockerconfigjson", data, in.report);
  }
  if (type == "kubernetes.io/ssh-auth") require("ssh-privatekey");
  if (type == "kubernetes.io/tls") {
    require("tls.crt");
    require("tls.key");
  }
  if (type == "kubernetes.io/basic-auth" && !data.contains("username")) {
    if (!data.contains("password")) in.report.required(at.key("username"));
    require("password");
  }
  if (type == "kubernetes.io/service-account-token") {
    constexpr const char* kName = "kubernetes.io/service-account.name";
    if (!map_at(in.object["metadata"], "annotations").contains(kName)) {
      in.report.required((in.path / "metadata" / "annotations").key(kName));
    }
  }
}

}  // namespace

void admit_config_map(Intake& in) {
  const StringMap data = map_at(in.object, "data");
  const StringMap binary = map_at(in.object, "binaryData");
  std::size_t size = check_entries(in.path / "data", data, false, in.report);
  for (const auto& [key, value] : data) {
    if (binary.contains(key)) {
      in.report.invalid((in.path / "data").key(key), key, "duplicate of key present in binaryData");
    }
  }
  size += check_entries(in.path / "binaryData", binary, true, in.report);
  if (size > kMostBytes) in.report.too_long(in.path.key(""), kMostBytes);
  check_immutable(in, {"data", "binaryData"});
}

void admit_secret(Intake& in) {
  StringMap data = map_at(in.object, "data");
  // What is written as text goes the way of all data, and wins.
  for (const auto& [key, value] : map_at(in.object, "stringData")) data[key] = to_base64(value);
  in.object.erase("stringData");
  if (!data.empty()) in.object["data"] = to_json(data);
  set_default(in.object, "type", "Opaque");
  const std::string type = text_at(in.object, "type");
  const std::size_t size = check_entries(in.path / "data", data, true, in.report);
  if (size > kMostBytes) in.report.too_long(in.path / "data", kMostBytes);
  check_type(in, type, data);
  if (in.old == nullptr) return;
  if (type != text_at(*in.old, "type")) {
    in.report.invalid(in.path / "type", type, "field is immutable");
  }
  check_immutable(in, {"data"});
}

}  // namespace podrun::manifest
