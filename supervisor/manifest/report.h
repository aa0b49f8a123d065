// Gathers the remarks on one document, in the form of Kubernetes' field errors
// (apimachinery/pkg/util/validation/field).
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/manifest/formats.h"
#include "supervisor/manifest/load.h"
#include "supervisor/manifest/node.h"

namespace podrun::manifest {

class Report {
 public:
  /// `strict`: what podrun does not know or do is an error.
  Report(std::string file, bool strict) : file_(std::move(file)), strict_(strict) {}
  /// For an object that comes through the API.
  static Report for_api() {
    Report report("", false);
    report.is_for_api_ = true;
    return report;
  }
  bool is_for_api() const { return is_for_api_; }

  void required(const Path& path, const std::string& detail = "");
  void invalid(const Path& path, std::string_view value, const std::string& detail);
  void invalid(const Path& path, std::int64_t value, const std::string& detail);
  /// One "Invalid value" for each problem.
  void invalid(const Path& path, std::string_view value, const Problems& problems);
  void invalid(const Path& path, std::int64_t value, const Problems& problems);
  void not_supported(const Path& path, std::string_view value,
                     std::initializer_list<std::string_view> supported);
  void duplicate(const Path& path, std::string_view value);
  void not_found(const Path& path, std::string_view value);
  void forbidden(const Path& path, const std::string& detail);
  void too_long(const Path& path, std::size_t most_bytes);
  /// The value as Go prints it: `map[string]string{"app":"foo"}`, 25%.
  void invalid_shown(const Path& path, std::string_view value, const std::string& detail);
  /// Any other text.
  void error(const Path& path, std::string text);
  void warning(const Path& path, std::string text);
  /// A field that no such object has; `meant` is the name it is close to, or empty.
  void unknown_field(const Path& path, std::string_view meant);
  /// A field that podrun does not act on; `note` says more, or is empty.
  void unsupported_field(const Path& path, std::string_view note);

  /// From now on errors at or below `path` are not reported: what is wrong there has been said.
  void mute(const Path& path) { muted_.insert(path.text()); }

  /// In the order of lines, and of reporting within a line; for the API in that of reporting.
  std::vector<Remark> take_errors();
  std::vector<Remark> take_warnings();

 private:
  bool is_muted(const std::string& path) const;
  std::string file_;
  bool strict_;
  bool is_for_api_ = false;
  std::vector<Remark> errors_, warnings_;
  std::set<std::string, std::less<>> muted_;
};

}  // namespace podrun::manifest
