// -o: what objects are printed as. Pure but for the files that hold templates.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "supervisor/client/columns.h"
#include "supervisor/client/path_template.h"

namespace podrun::kube {

using client::CustomColumns;
using client::Json;
using client::PathTemplate;

struct HumanForm {
  bool wide = false;
};
struct JsonForm {};
struct YamlForm {};
struct NameForm {};
struct PathForm {
  PathTemplate path;
  bool as_json = false;  // the values of each path, as an array
};
using OutputForm = std::variant<HumanForm, JsonForm, YamlForm, NameForm, PathForm, CustomColumns>;

/// Of -o's value; "" is for people. Throws Error, which lists the forms that there are.
OutputForm parse_output(const std::string& text);

inline bool is_human(const OutputForm& form) { return std::holds_alternative<HumanForm>(form); }

/// An object, or a List of them, as the form says; nothing for HumanForm. Custom columns have their
/// titles with `headers`.
std::string object_text(const OutputForm& form, const Json& object, bool headers = true);

/// "deployment.apps/web".
std::string object_name(const Json& object);
/// The object, or the list's items, without metadata.managedFields.
Json without_managers(Json object);
/// A v1 List.
Json list_of(std::vector<Json> items);

}  // namespace podrun::kube
