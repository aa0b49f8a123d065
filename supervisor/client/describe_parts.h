// What the descriptions of several kinds have in common. Inside of describe_*.cc, but for
// since().
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/quantity.h"
#include "base/text.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/sheet.h"

namespace podrun::client {

using api::at_path;
using api::bool_at;
using api::find_path;
using api::int_at;
using api::Json;
using api::size_at;
using api::text_at;

/// The fields of an object whose values are texts, by name.
std::map<std::string, std::string> texts_of(const Json& object);
/// The texts of a list.
std::vector<std::string> list_at(const Json& object, std::string_view path);
std::vector<std::string> lines_of(std::string_view text);
/// A list's objects, by a text of theirs; those with the same one stay in their order.
std::vector<Json> sorted_by(const Json& list, std::string_view path);
/// `text`, or what stands for one that is empty.
std::string or_else(const std::string& text, std::string_view otherwise);
std::string or_none(const std::string& text);
/// A number; 0 where there is none.
std::string number_at(const Json& object, std::string_view path);
/// The field, or "<unset>" where it is absent.
std::string or_unset(const Json& object, std::string_view path);
/// "true" or "false".
std::string truth_at(const Json& object, std::string_view path);
/// The field is there and not null.
bool is_set(const Json& object, std::string_view path);

/// "Wed, 25 Nov 2026 10:00:00 +0000", in the process's time zone; year 1 where there is none.
std::string time_at(const Json& object, std::string_view path);
/// How long ago, as AGE shows it; "<unknown>" where there is no time.
std::string since(const Json& object, std::string_view path, WallTime now);

/// Resources by name. What is no quantity counts as 0.
using Resources = std::map<std::string, Quantity>;
Resources resources_at(const Json& object, std::string_view path);

/// "key=value", by key.
std::vector<std::string> label_lines(const Json& map);
/// "key: value", by key; long values are cut, each of their lines stands alone. What kubectl keeps
/// for itself is left out.
std::vector<std::string> annotation_lines(const Json& map);
/// metav1.LabelSelector; throws manifest::SelectorError.
std::string selector_of(const Json& selector);
/// How Go prints a list of texts: "[a b]".
std::string go_list(const std::vector<std::string>& parts);

void write_name(Sheet& sheet, const Json& object);
void write_name_and_namespace(Sheet& sheet, const Json& object);
void write_labels_and_annotations(Sheet& sheet, const Json& object);
bool is_controlled_by(const Json& object, const Json& controller);
/// What the object's controller is, if it has one.
void write_controlled_by(Sheet& sheet, const Json& object);
void write_tolerations(Sheet& sheet, int level, const Json& list);
/// status.conditions with their reasons, where there are any.
void write_reasoned_conditions(Sheet& sheet, const Json& object);
/// Nothing where `events` is null.
void write_events(Sheet& sheet, const Json& events, WallTime now);
/// "Limits:" and "Requests:", where there are any.
void write_resource_needs(Sheet& sheet, int level, const Json& resources);

/// Where containers and volumes stand: in a pod, whose fields `env` may name, or, one level deeper,
/// in a template.
struct Place {
  const Json* pod = nullptr;

  int level() const { return pod == nullptr ? 1 : 0; }
  /// A name below a title: kubectl indents it in a template by one space only.
  std::string name(const std::string& name) const { return (pod == nullptr ? " " : "") + name; }
};
void write_containers(Sheet& sheet, std::string_view title, const Json& list, const Json& statuses,
                      const Place& place);
void write_environment(Sheet& sheet, const Json& container, const Place& place);
/// "http-get http://:8080/ delay=0s timeout=1s period=10s #success=1 #failure=3"
std::string probe_text(const Json& probe);
void write_volumes(Sheet& sheet, const Json& list, const Place& place);
void write_spread_constraints(Sheet& sheet, int level, const Json& list);
/// The gang that the pod is scheduled with.
void write_workload_reference(Sheet& sheet, int level, const Json& spec);
void write_pod_template(Sheet& sheet, const Json& pod_template);

/// The same value, whatever the order of fields.
bool same_value(const Json& a, const Json& b);

}  // namespace podrun::client
