// metav1.LabelSelector in an object that is taken in: whether it is valid, how Go prints it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/meta.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// `selector` is {matchLabels, matchExpressions}. False where an error was reported.
bool validate_label_selector(const Path& path, const Json& selector, Report& report);

/// `map[string]string{"app":"kubia"}`, keys sorted; "map[string]string(nil)" for an empty one.
std::string go_text(const StringMap& map);
/// `&LabelSelector{MatchLabels:map[string]string{app: kubia,},MatchExpressions:[]…{},}`
std::string go_selector_text(const Json& selector);

}  // namespace podrun::manifest
