// Rows and columns of `get`: the server's tables, custom columns, the order of rows. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "supervisor/client/path_template.h"

namespace podrun::client {

using Row = std::vector<std::string>;

struct TableView {
  bool wide = false;            // the columns of a lower priority, too
  bool with_namespace = false;  // a column in front
  bool headers = true;
  std::string kind;                        // "pod": names are shown as pod/NAME; empty: alone
  std::vector<std::string> label_columns;  // -L
  bool show_labels = false;
};

/// The column titles of a meta.k8s.io/v1 Table.
Row table_header(const Json& table, const TableView& view);
/// A row for each of the table's, headers not included. `columns` are columnDefinitions: a watch
/// gives them once.
std::vector<Row> table_rows(const Json& table, const Json& columns, const TableView& view);

/// What --server-print=false makes of a table with its objects' metadata: names and ages.
Json generic_table(const Json& table, WallTime now);

/// -o custom-columns=NAME:.metadata.name,…
class CustomColumns {
 public:
  /// Throws BadInput.
  static CustomColumns parse(std::string_view spec);
  /// custom-columns-file: a line of titles above a line of paths, by words.
  static CustomColumns parse_file(std::string_view text);
  const Row& titles() const { return titles_; }
  Row row(const Json& object) const;

 private:
  void add(std::string_view title, std::string_view path);
  Row titles_;
  std::vector<PathTemplate> paths_;
};

/// --sort-by: the order of objects by the value at a path; equal ones stay as they are. Returns
/// places in `objects`.
std::vector<std::size_t> sorted_places(const std::vector<const Json*>& objects,
                                       const PathTemplate& path);

/// `a=b,c=d` or "<none>".
std::string labels_text(const Json& labels);

}  // namespace podrun::client
