// Namespace, ConfigMap, Secret, ServiceAccount.
#include <algorithm>
#include <set>

#include "base/base64.h"
#include "supervisor/client/describe.h"
#include "supervisor/client/describe_parts.h"

namespace podrun::client {

std::string describe_config_map(const Json& map, const Related& related, WallTime now) {
  Sheet sheet;
  write_name_and_namespace(sheet, map);
  write_labels_and_annotations(sheet, map);
  sheet.line(0, "\nData\n====");
  // kubectl goes by Go's order of maps, which is none.
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

namespace {

std::vector<std::string> names_at(const Json& object, std::string_view path) {
  std::vector<std::string> names;
  for (const Json& reference : at_path(object, path)) names.push_back(text_at(reference, "name"));
  return names;
}

std::vector<std::string> tokens_of(const Json& account, const Json& secrets) {
  std::vector<std::string> names;
  for (const Json& secret : secrets) {
    if (text_at(secret, "type") != "kubernetes.io/service-account-token") continue;
    auto notes = texts_of(at_path(secret, "metadata.annotations"));
    if (notes["kubernetes.io/service-account.name"] == text_at(account, "metadata.name") &&
        notes["kubernetes.io/service-account.uid"] == text_at(account, "metadata.uid")) {
      names.push_back(text_at(secret, "metadata.name"));
    }
  }
  return names;
}

void write_secret_names(Sheet& sheet, const std::string& title,
                        const std::vector<std::string>& names, const Json& secrets) {
  std::set<std::string> existing;
  for (const Json& secret : secrets) existing.insert(text_at(secret, "metadata.name"));
  if (names.empty()) sheet.row(0, {title, "<none>"});
  for (const std::string& name : names) {
    // Whether one is missing is known only where secrets could be read.
    const bool missing = !secrets.is_null() && !existing.contains(name);
    const bool first = &name == names.data();
    sheet.row(0, {first ? title : std::string(title.size(), ' '),
                  name + (missing ? " (not found)" : "")});
  }
}

}  // namespace

std::string describe_service_account(const Json& account, const Related& related, WallTime now) {
  Sheet sheet;
  write_name_and_namespace(sheet, account);
  write_labels_and_annotations(sheet, account);
  write_secret_names(sheet, "Image pull secrets:", names_at(account, "imagePullSecrets"),
                     related.secrets);
  write_secret_names(sheet, "Mountable secrets: ", names_at(account, "secrets"), related.secrets);
  write_secret_names(sheet, "Tokens:            ", tokens_of(account, related.secrets),
                     related.secrets);
  write_events(sheet, related.events, now);
  return sheet.text();
}

}  // namespace podrun::client
