#include "supervisor/pod/cri_line.h"

#include "base/error.h"

namespace podrun::pod {

namespace {

/// What stands before the next space; `rest` goes on behind it.
std::string_view take_word(std::string_view& rest) {
  const auto space = rest.find(' ');
  const std::string_view word = rest.substr(0, space);
  rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
  return word;
}

}  // namespace

std::optional<CriLine> parse_cri_line(std::string_view line) {
  CriLine parsed;
  const std::string_view time = take_word(line);
  const std::string_view stream = take_word(line);
  std::string_view tag = take_word(line);
  tag = tag.substr(0, tag.find(':'));  // further tags may follow; none is defined
  if (stream != "stdout" && stream != "stderr") return {};
  if (tag != "F" && tag != "P") return {};
  try {
    parsed.time = parse_rfc3339(time);
  } catch (const BadInput&) {
    return {};
  }
  parsed.stream = stream == "stdout" ? LogStream::kStdout : LogStream::kStderr;
  parsed.partial = tag == "P";
  parsed.text = line;
  return parsed;
}

std::string cri_line_prefix(WallTime time, LogStream stream, bool partial) {
  std::string prefix = rfc3339_nano(time);
  prefix += stream == LogStream::kStdout ? " stdout " : " stderr ";
  prefix += partial ? "P " : "F ";
  return prefix;
}

}  // namespace podrun::pod
