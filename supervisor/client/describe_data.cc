// Namespace, ConfigMap, Secret, ServiceAccount.
#include "base/base64.h"
#include "supervisor/client/describe.h"
#include "supervisor/client/describe_parts.h"

namespace podrun::client {

std::string describe_config_map(const Json& map, const Related& related, WallTime now) {
  Sheet sheet;
  write_name_and_namespace(sheet, map);
  write_labels_and_annotations(sheet, map);
  sheet.line(0, "\nData\n====");
  for (const auto& [key, value] : texts_of(at_path(map, "data"))) {
    sheet.line(0, key + ":\n----\n" + value + "\n");
  }
  sheet.line(0, "\nBinaryData\n====");
  for (const auto& [key, value] : texts_of(at_path(map, "binaryData"))) {
    const std::size_t size = decode_base64(value).value_or("").size();
    sheet.line(0, key + ": " + std::to_string(size) + " bytes");
  }
  sheet.empty_line();
  write_events(sheet, related.events, now);
  return sheet.text();
}

std::string describe_secret(const Json& secret, const Related& /*related*/, WallTime /*now*/) {
  const std::string type = text_at(secret, "type");
  Sheet sheet;
  write_name_and_namespace(sheet, secret);
  write_labels_and_annotations(sheet, secret);
  sheet.empty_line();
  sheet.field(0, "Type", type);
  sheet.line(0, "\nData\n====");
  for (const auto& [key, value] : texts_of(at_path(secret, "data"))) {
    const std::string bytes = decode_base64(value).value_or("");
    const bool shown = key == "token" && type == "kubernetes.io/service-account-token";
    sheet.field(0, key, shown ? bytes : std::to_string(bytes.size()) + " bytes");
  }
  return sheet.text();
}

std::string describe_service_account(const Json& account, const Related& related, WallTime now) {
  std::vector<std::string> names;
  for (const Json& secret : at_path(account, "imagePullSecrets")) {
    names.push_back(text_at(secret, "name"));
  }
  Sheet sheet;
  write_name_and_namespace(sheet, account);
  write_labels_and_annotations(sheet, account);
  sheet.column(0, "Image pull secrets", names);
  write_events(sheet, related.events, now);
  return sheet.text();
}

}  // namespace podrun::client
