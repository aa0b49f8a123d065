#include "supervisor/manifest/report.h"

#include <algorithm>

#include "base/go_text.h"

namespace podrun::manifest {

std::string Remark::to_string() const {
  std::string out = file;
  if (line > 0) out += ":" + std::to_string(line);
  out += ": ";
  // "unknown field "spec.x"" names its path itself.
  if (!path.empty() && !text.starts_with("unknown field ")) out += path + ": ";
  return out + text;
}

void Report::required(const Path& path, const std::string& detail) {
  error(path, detail.empty() ? "Required value" : "Required value: " + detail);
}

void Report::invalid(const Path& path, std::string_view value, const std::string& detail) {
  error(path, "Invalid value: " + go_quote(value) + ": " + detail);
}

void Report::invalid(const Path& path, std::int64_t value, const std::string& detail) {
  error(path, "Invalid value: " + std::to_string(value) + ": " + detail);
}

void Report::invalid(const Path& path, std::string_view value, const Problems& problems) {
  for (const std::string& problem : problems) invalid(path, value, problem);
}

void Report::invalid(const Path& path, std::int64_t value, const Problems& problems) {
  for (const std::string& problem : problems) invalid(path, value, problem);
}

void Report::invalid_shown(const Path& path, std::string_view value, const std::string& detail) {
  error(path, "Invalid value: " + std::string(value) + ": " + detail);
}

void Report::not_supported(const Path& path, std::string_view value,
                           std::initializer_list<std::string_view> supported) {
  std::string list;
  for (const std::string_view item : supported) {
    list += (list.empty() ? "" : ", ") + go_quote(item);
  }
  error(path, "Unsupported value: " + go_quote(value) + ": supported values: " + list);
}

void Report::duplicate(const Path& path, std::string_view value) {
  error(path, "Duplicate value: " + go_quote(value));
}

void Report::not_found(const Path& path, std::string_view value) {
  error(path, "Not found: " + go_quote(value));
}

void Report::forbidden(const Path& path, const std::string& detail) {
  error(path, "Forbidden: " + detail);
}

void Report::too_long(const Path& path, std::size_t most_bytes) {
  error(path, "Too long: may not be more than " + std::to_string(most_bytes) + " bytes");
}

bool Report::is_muted(const std::string& path) const {
  for (std::size_t end = 1; end <= path.size(); ++end) {
    const bool boundary = end == path.size() || path[end] == '.' || path[end] == '[';
    if (boundary && muted_.contains(std::string_view(path).substr(0, end))) return true;
  }
  return false;
}

void Report::error(const Path& path, std::string text) {
  if (!is_muted(path.text())) {
    errors_.push_back({file_, path.line(), path.text(), std::move(text)});
  }
}

void Report::warning(const Path& path, std::string text) {
  warnings_.push_back({file_, path.line(), path.text(), std::move(text)});
}

void Report::unknown_field(const Path& path, std::string_view meant) {
  std::string text = "unknown field " + go_quote(path.text());
  if (!meant.empty()) text += " (did you mean " + std::string(meant) + "?)";
  strict_ ? error(path, std::move(text)) : warning(path, std::move(text));
}

void Report::unsupported_field(const Path& path, std::string_view note) {
  if (is_for_api_) {
    std::string text = "not supported by podrun";
    if (!note.empty()) text.append(": ").append(note);
    return warning(path, std::move(text));
  }
  std::string text = "not supported by podrun run";
  if (!strict_) text += ", ignored";
  if (!note.empty()) text += " (" + std::string(note) + ")";
  strict_ ? error(path, std::move(text)) : warning(path, std::move(text));
}

namespace {

std::vector<Remark> by_line(std::vector<Remark> remarks) {
  std::stable_sort(remarks.begin(), remarks.end(),
                   [](const Remark& a, const Remark& b) { return a.line < b.line; });
  return remarks;
}

}  // namespace

std::vector<Remark> Report::take_errors() {
  return is_for_api_ ? std::move(errors_) : by_line(std::move(errors_));
}
std::vector<Remark> Report::take_warnings() {
  return is_for_api_ ? std::move(warnings_) : by_line(std::move(warnings_));
}

}  // namespace podrun::manifest
