// A container's environment: what is known of it from the pod alone.
#include <cmath>

#include "base/error.h"
#include "supervisor/client/describe_parts.h"

namespace podrun::client {
namespace {

void write_sources(Sheet& sheet, const Json& container) {
  if (size_at(container, "envFrom") == 0) return;
  sheet.heading(2, "Environment Variables from");
  for (const Json& source : at_path(container, "envFrom")) {
    std::string from;
    const Json* reference = &source;
    if (is_set(source, "configMapRef")) {
      from = "ConfigMap";
      reference = &at_path(source, "configMapRef");
    } else if (is_set(source, "secretRef")) {
      from = "Secret";
      reference = &at_path(source, "secretRef");
    }
    const std::string prefix = text_at(source, "prefix");
    if (!prefix.empty()) from += " with prefix '" + prefix + "'";
    sheet.row(3,
              {text_at(*reference, "name"), from, "Optional: " + truth_at(*reference, "optional")});
  }
}

/// kubectl resolves no more of a pod's fields than these.
std::string field_value(const Json& reference, const Place& place) {
  const std::string path = text_at(reference, "fieldPath");
  const bool known = path == "metadata.name" || path == "metadata.namespace";
  return place.pod != nullptr && known ? text_at(*place.pod, path) : "";
}

Quantity divisor_of(const Json& reference) try {
  const std::string text = text_at(reference, "divisor");
  const Quantity divisor = Quantity::parse(text.empty() ? "1" : text);
  return divisor.is_zero() ? Quantity::from_integer(1) : divisor;
} catch (const BadInput&) {
  return Quantity::from_integer(1);
}

bool is_known_resource(const std::string& name) {
  return name == "cpu" || name == "memory" || name == "ephemeral-storage" ||
         name.starts_with("hugepages-");
}

/// "limits.cpu" in units of the divisor, rounded up; nothing where that names no resource.
std::string resource_value(const Json& container, const Json& reference) {
  const std::string path = text_at(reference, "resource");
  const auto dot = path.find('.');
  if (dot == std::string::npos) return "";
  const std::string group = path.substr(0, dot);
  const std::string name = path.substr(dot + 1);
  if ((group != "limits" && group != "requests") || !is_known_resource(name)) return "";
  const Quantity value = resources_at(container, "resources." + group)[name];
  const Quantity divisor = divisor_of(reference);
  const bool milli = name == "cpu";
  const auto amount = static_cast<double>(milli ? value.milli_value() : value.value());
  const auto unit = static_cast<double>(milli ? divisor.milli_value() : divisor.value());
  const auto units = static_cast<std::int64_t>(std::ceil(amount / unit));
  if (units == 0 && (path == "limits.cpu" || path == "limits.memory")) return "node allocatable";
  return std::to_string(units);
}

void write_plain(Sheet& sheet, const std::string& name, const std::string& value) {
  const std::vector<std::string> lines = lines_of(value);
  sheet.field(3, name, lines.front());
  for (std::size_t i = 1; i < lines.size(); ++i) sheet.row(3, {"", lines[i]});
}

void write_key(Sheet& sheet, const std::string& name, const Json& reference,
               const std::string& owner) {
  sheet.row(3, {name + ":",
                "<set to the key '" + text_at(reference, "key") + "' " + owner + " '" +
                    text_at(reference, "name") + "'>",
                "Optional: " + truth_at(reference, "optional")});
}

void write_variable(Sheet& sheet, const Json& container, const Json& variable, const Place& place) {
  const std::string name = text_at(variable, "name");
  if (!is_set(variable, "valueFrom")) return write_plain(sheet, name, text_at(variable, "value"));
  const Json& from = at_path(variable, "valueFrom");
  if (is_set(from, "fieldRef")) {
    const Json& field = at_path(from, "fieldRef");
    sheet.field(3, name,
                field_value(field, place) + " (" + text_at(field, "apiVersion") + ":" +
                    text_at(field, "fieldPath") + ")");
  } else if (is_set(from, "resourceFieldRef")) {
    const Json& field = at_path(from, "resourceFieldRef");
    sheet.field(3, name,
                resource_value(container, field) + " (" + text_at(field, "resource") + ")");
  } else if (is_set(from, "secretKeyRef")) {
    write_key(sheet, name, at_path(from, "secretKeyRef"), "in secret");
  } else if (is_set(from, "configMapKeyRef")) {
    write_key(sheet, name, at_path(from, "configMapKeyRef"), "of config map");
  }
}

}  // namespace

void write_environment(Sheet& sheet, const Json& container, const Place& place) {
  write_sources(sheet, container);
  if (size_at(container, "env") == 0) return sheet.field(2, "Environment", "<none>");
  sheet.heading(2, "Environment");
  for (const Json& variable : at_path(container, "env")) {
    write_variable(sheet, container, variable, place);
  }
}

}  // namespace podrun::client
