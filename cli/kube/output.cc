#include "cli/kube/output.h"

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/text_table.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/cases.h"
#include "supervisor/manifest/yaml_output.h"

namespace podrun::kube {
namespace {

constexpr std::string_view kForms =
    "custom-columns, custom-columns-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, "
    "wide, yaml";

std::vector<const Json*> items_of(const Json& object) {
  std::vector<const Json*> items;
  if (const auto list = object.find("items"); list != object.end() && list->is_array()) {
    for (const Json& item : *list) items.push_back(&item);
  } else {
    items.push_back(&object);
  }
  return items;
}

OutputForm with_value(const std::string& name, const std::string& value, const std::string& all) {
  if (name == "jsonpath") return PathForm{PathTemplate::parse(value)};
  if (name == "jsonpath-as-json") return PathForm{PathTemplate::parse(value), true};
  if (name == "jsonpath-file") return PathForm{PathTemplate::parse(read_file(value))};
  if (name == "custom-columns") return CustomColumns::parse(value);
  if (name == "custom-columns-file") return CustomColumns::parse_file(read_file(value));
  if (name == "go-template" || name == "template" || name == "go-template-file" ||
      name == "templatefile") {
    throw Error(
        "podrun has no Go templates: say it with -o jsonpath or custom-columns, or use "
        "`podrun kubectl`");
  }
  throw Error("unable to match a printer suitable for the output format \"" + all +
              "\", allowed formats are: " + std::string(kForms));
}

std::string arrays_text(const PathTemplate& path, const Json& object) {
  std::string text;
  for (Json& values : path.arrays(object)) text += manifest::json_text(std::move(values));
  return text;
}

}  // namespace

OutputForm parse_output(const std::string& text) {
  if (text.empty()) return HumanForm{};
  if (text == "wide") return HumanForm{.wide = true};
  if (text == "json") return JsonForm{};
  if (text == "yaml") return YamlForm{};
  if (text == "name") return NameForm{};
  const auto equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : text.substr(equals + 1);
  if (value.empty() && (name.starts_with("jsonpath") || name == "custom-columns-file")) {
    throw Error("-o " + name + " needs a value: -o " + name + "=VALUE");
  }
  return with_value(name, value, text);
}

std::string object_name(const Json& object) {
  const std::string version = api::text_at(object, "apiVersion");
  std::string name = lowercase(api::text_at(object, "kind"));
  if (const auto slash = version.find('/'); slash != std::string::npos) {
    name += "." + version.substr(0, slash);
  }
  return name + "/" + api::text_at(object, "metadata.name");
}

std::string object_text(const OutputForm& form, const Json& object, bool headers) {
  const client::Cases cases{[](const HumanForm&) { return std::string(); },
                            [&](const JsonForm&) { return manifest::json_text(object); },
                            [&](const YamlForm&) { return manifest::yaml_text(object); },
                            [&](const NameForm&) {
                              std::string names;
                              for (const Json* item : items_of(object))
                                names += object_name(*item) + "\n";
                              return names;
                            },
                            [&](const PathForm& path) {
                              return path.as_json ? arrays_text(path.path, object)
                                                  : path.path.fill(object);
                            },
                            [&](const CustomColumns& columns) {
                              std::vector<client::Row> rows;
                              if (headers) rows.push_back(columns.titles());
                              for (const Json* item : items_of(object))
                                rows.push_back(columns.row(*item));
                              return cli::text_table(rows);
                            }};
  return std::visit(cases, form);
}

Json without_managers(Json object) {
  const auto strip = [](Json& one) {
    const auto metadata = one.find("metadata");
    if (metadata != one.end() && metadata->is_object()) metadata->erase("managedFields");
  };
  if (!object.is_object()) return object;
  strip(object);
  if (const auto items = object.find("items"); items != object.end() && items->is_array()) {
    for (Json& item : *items) strip(item);
  }
  return object;
}

Json list_of(std::vector<Json> items) {
  return {{"apiVersion", "v1"},
          {"kind", "List"},
          {"metadata", {{"resourceVersion", ""}}},
          {"items", std::move(items)}};
}

}  // namespace podrun::kube
