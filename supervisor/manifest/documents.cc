// A text to its documents.
#include <algorithm>

#include "supervisor/manifest/text.h"

namespace podrun::manifest {

namespace {

bool is_separator(std::string_view line) {
  return line.starts_with("---") &&
         (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

/// Blank lines, comments and directives belong to the document that follows.
bool is_preamble(std::string_view line) {
  const auto start = line.find_first_not_of(" \t\r");
  return start == std::string_view::npos || line[start] == '#' || line[0] == '%';
}

void read_yaml_documents(std::string_view text, std::vector<Document>& out, Repeats repeats) {
  std::size_t chunk = 0;
  int chunk_line = 1;
  int line_number = 1;
  std::size_t chunks = 0;
  bool preamble_only = true;
  for (std::size_t start = 0; start < text.size(); ++line_number) {
    std::size_t end = text.find('\n', start);
    if (end == std::string_view::npos) end = text.size();
    const std::string_view line = text.substr(start, end - start);
    const bool separator = is_separator(line);
    if (separator && !preamble_only) {
      if (++chunks > kMaxDocuments) {
        out.emplace_back(SyntaxError{line_number, "more than 10000 documents"});
        return;
      }
      read_yaml(text.substr(chunk, start - chunk), chunk_line, out, repeats);
      chunk = start;
      chunk_line = line_number;
    }
    preamble_only = !separator && preamble_only && is_preamble(line);
    start = end + 1;
  }
  read_yaml(text.substr(chunk), chunk_line, out, repeats);
}

bool has_error(const std::vector<Document>& documents) {
  return std::any_of(documents.begin(), documents.end(), [](const Document& document) {
    return std::holds_alternative<SyntaxError>(document);
  });
}

}  // namespace

std::vector<Document> read_documents(std::string_view text, Repeats repeats) {
  std::vector<Document> documents;
  if (text.size() > kMaxText) {
    documents.emplace_back(SyntaxError{1, "more than 16 MiB of text"});
    return documents;
  }
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const auto first = text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string_view::npos && text[first] == '{';
  if (json) {
    read_json(text, 1, documents, repeats);
    if (!has_error(documents)) return documents;
    // It may be YAML in flow style.
    std::vector<Document> yaml;
    read_yaml_documents(text, yaml, repeats);
    return has_error(yaml) ? documents : yaml;
  }
  read_yaml_documents(text, documents, repeats);
  return documents;
}

}  // namespace podrun::manifest
