// How the rows of the tables of fields are written. For the tables (*_fields.cc) only.
#pragma once

#include "supervisor/manifest/fields.h"

namespace podrun::manifest::rows {

using enum FieldType;

constexpr Field string(std::string_view name) { return {name, kString}; }
constexpr Field boolean(std::string_view name) { return {name, kBool}; }
constexpr Field int32(std::string_view name) { return {name, kInt32}; }
constexpr Field int64(std::string_view name) { return {name, kInt64}; }
constexpr Field any(std::string_view name) { return {name, kAny}; }
constexpr Field any_object(std::string_view name) { return {name, kAnyObject}; }
constexpr Field strings(std::string_view name) { return {name, kStringMap}; }
constexpr Field object(std::string_view name, const ObjectType& type) {
  return {name, kObject, false, &type};
}
constexpr Field list(Field field) {
  field.is_list = true;
  return field;
}
/// Not a pointer in Go, so that zero and false are the same as nothing.
constexpr Field plain(Field field) {
  field.zero = Zero::kOmit;
  return field;
}
/// Written even where it is empty.
constexpr Field always(Field field) {
  field.zero = Zero::kKeep;
  return field;
}
constexpr Field with(Field field, Support support, std::string_view note, std::string_view quiet) {
  field.support = support;
  field.note = note;
  field.quiet = quiet;
  return field;
}
constexpr Field unsupported(Field field, std::string_view note = "", std::string_view quiet = "") {
  return with(field, Support::kUnsupported, note, quiet);
}
constexpr Field daemon_only(Field field, std::string_view note, std::string_view quiet = "") {
  return with(field, Support::kDaemon, note, quiet);
}
constexpr Field ignored(Field field, std::string_view note, std::string_view quiet = "") {
  return with(field, Support::kIgnored, note, quiet);
}
constexpr Field server(Field field) { return with(field, Support::kServer, "", ""); }

}  // namespace podrun::manifest::rows
