#include "supervisor/client/columns.h"

#include <algorithm>
#include <numeric>
#include <sstream>

#include "base/clock.h"
#include "base/error.h"
#include "base/quantity.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/describe_parts.h"
#include "supervisor/client/visible_text.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::client {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

bool is_shown(const Json& column, const TableView& view) {
  return view.wide || api::int_at(column, "priority") == 0;
}

/// The last part of a label's key is its column's title.
std::string label_title(const std::string& label) {
  return upper(label.substr(label.rfind('/') == std::string::npos ? 0 : label.rfind('/') + 1));
}

std::string label_value(const Json& labels, const std::string& name) {
  const auto found = labels.is_object() ? labels.find(name) : labels.end();
  return found == labels.end() || !found->is_string() ? "" : found->get<std::string>();
}

/// Lines of one cell would break the table.
std::string cell_text(const Json& cell) {
  const std::string text = template_text(cell);
  const auto end = text.find_first_of("\n\r\f");
  return visible_text(end == std::string::npos ? text : text.substr(0, end) + "...");
}

/// Digits are compared as numbers: pod-2 is before pod-10.
bool natural_less(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[j])) {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i, ++j;
      continue;
    }
    const auto number = [&](std::string_view text, std::size_t& at) {
      while (at < text.size() && text[at] == '0') ++at;
      const std::size_t begin = at;
      while (at < text.size() && is_digit(text[at])) ++at;
      return text.substr(begin, at - begin);
    };
    const std::string_view left = number(a, i), right = number(b, j);
    if (left.size() != right.size()) return left.size() < right.size();
    if (left != right) return left < right;
  }
  return a.size() - i < b.size() - j;
}

std::optional<Quantity> quantity(const std::string& text) {
  try {
    return Quantity::parse(text);
  } catch (const BadInput&) {
    return std::nullopt;
  }
}

bool value_less(const Json* a, const Json* b) {
  if (a == nullptr || b == nullptr) return a == nullptr && b != nullptr;
  if (!a->is_string() || !b->is_string()) return *a < *b;
  const auto& left = a->get_ref<const std::string&>();
  const auto& right = b->get_ref<const std::string&>();
  const auto left_quantity = quantity(left), right_quantity = quantity(right);
  if (left_quantity && right_quantity) return *left_quantity < *right_quantity;
  return natural_less(left, right);
}

}  // namespace

std::string labels_text(const Json& labels) { return manifest::format_labels(labels); }

Row table_header(const Json& table, const TableView& view) {
  Row row;
  if (view.with_namespace) row.emplace_back("NAMESPACE");
  for (const Json& column : api::at_path(table, "columnDefinitions")) {
    if (is_shown(column, view)) row.push_back(upper(api::text_at(column, "name")));
  }
  for (const std::string& label : view.label_columns) row.push_back(label_title(label));
  if (view.show_labels) row.emplace_back("LABELS");
  return row;
}

std::vector<Row> table_rows(const Json& table, const Json& columns, const TableView& view) {
  std::vector<Row> rows;
  for (const Json& from : api::at_path(table, "rows")) {
    Row row;
    if (view.with_namespace) row.push_back(api::text_at(from, "object.metadata.namespace"));
    std::size_t at = 0;
    for (const Json& cell : api::at_path(from, "cells")) {
      const Json& column = at < columns.size() ? columns[at] : Json();
      ++at;
      if (!is_shown(column, view)) continue;
      const bool name = !view.kind.empty() && api::text_at(column, "format") == "name";
      row.push_back((name ? view.kind + "/" : "") + cell_text(cell));
    }
    const Json& labels = api::at_path(from, "object.metadata.labels");
    for (const std::string& label : view.label_columns) row.push_back(label_value(labels, label));
    if (view.show_labels) row.push_back(labels_text(labels));
    rows.push_back(std::move(row));
  }
  return rows;
}

void CustomColumns::add(std::string_view title, std::string_view path) {
  titles_.emplace_back(title);
  paths_.push_back(PathTemplate::parse_relaxed(path));
}

Json generic_table(const Json& table, WallTime now) {
  Json generic = table;
  generic["columnDefinitions"] = {
      {{"name", "Name"}, {"type", "string"}, {"format", "name"}, {"priority", 0}},
      {{"name", "Age"}, {"type", "string"}, {"format", ""}, {"priority", 0}}};
  for (Json& row : generic["rows"]) {
    const Json& object = api::at_path(row, "object");
    row["cells"] = {api::text_at(object, "metadata.name"),
                    since(object, "metadata.creationTimestamp", now)};
  }
  return generic;
}

CustomColumns CustomColumns::parse(std::string_view spec) {
  CustomColumns columns;
  if (spec.empty()) throw BadInput("custom-columns format specified but no custom columns given");
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t at = 0; at <= spec.size(); ++at) {
    if (at < spec.size() && (spec[at] == '[' || spec[at] == '(')) ++depth;
    if (at < spec.size() && (spec[at] == ']' || spec[at] == ')')) --depth;
    if (at < spec.size() && (spec[at] != ',' || depth > 0)) continue;
    const std::string_view part = spec.substr(begin, at - begin);
    const auto colon = part.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      throw BadInput("unexpected custom-columns spec: " + std::string(part) +
                     ", expected <header>:<json-path-expr>");
    }
    columns.add(part.substr(0, colon), part.substr(colon + 1));
    begin = at + 1;
  }
  return columns;
}

CustomColumns CustomColumns::parse_file(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::string titles, paths;
  std::getline(in, titles);
  std::getline(in, paths);
  std::istringstream title_words(titles), path_words(paths);
  CustomColumns columns;
  std::string title, path;
  while (title_words >> title) {
    if (!(path_words >> path))
      throw BadInput("a title of the custom columns has no path: " + title);
    columns.add(title, path);
  }
  if (path_words >> path) throw BadInput("a path of the custom columns has no title: " + path);
  if (columns.titles_.empty()) throw BadInput("the file has no custom columns");
  return columns;
}

Row CustomColumns::row(const Json& object) const {
  Row row;
  for (const PathTemplate& path : paths_) {
    std::string cell;
    for (const Json* value : path.values(object)) {
      cell += (cell.empty() ? "" : ",") + go_value_text(*value);
    }
    row.push_back(cell.empty() ? "<none>" : cell);
  }
  return row;
}

std::vector<std::size_t> sorted_places(const std::vector<const Json*>& objects,
                                       const PathTemplate& path) {
  std::vector<const Json*> keys;
  bool any = false;
  for (const Json* object : objects) {
    const auto values = path.values(*object);
    keys.push_back(values.empty() ? nullptr : values.front());
    any = any || !values.empty();
  }
  if (!any && !objects.empty()) throw Error("no object has the field to sort by");
  std::vector<std::size_t> places(objects.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::stable_sort(places.begin(), places.end(),
                   [&](std::size_t a, std::size_t b) { return value_less(keys[a], keys[b]); });
  return places;
}

}  // namespace podrun::client
