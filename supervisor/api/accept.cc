#include "supervisor/api/accept.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace podrun::api {
namespace {

/// The text before the next `separator`, which is taken off `rest`.
std::string_view next_part(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return trimmed(part, " \t");
}

void take_parameter(AcceptClause& clause, std::string_view parameter) {
  const std::string_view name = next_part(parameter, '=');
  const std::string_view value = trimmed(parameter, " \t");
  if (name == "as") {
    clause.as = value;
  } else if (name == "g") {
    clause.group = value;
  } else if (name == "v") {
    clause.version = value;
  } else if (name == "q") {
    std::from_chars(value.data(), value.data() + value.size(), clause.quality);
  }
}

}  // namespace

std::vector<AcceptClause> parse_accept(std::string_view header) {
  std::vector<AcceptClause> clauses;
  while (!header.empty()) {
    std::string_view part = next_part(header, ',');
    if (part.empty()) continue;
    AcceptClause clause;
    clause.media_type = next_part(part, ';');
    while (!part.empty()) take_parameter(clause, next_part(part, ';'));
    if (clause.quality > 0) clauses.push_back(std::move(clause));
  }
  if (clauses.empty()) clauses.push_back({"*/*", "", "", "", 1});
  std::stable_sort(clauses.begin(), clauses.end(),
                   [](const auto& a, const auto& b) { return a.quality > b.quality; });
  return clauses;
}

bool accepts_json(const AcceptClause& clause) {
  return clause.media_type == "application/json" || clause.media_type == "application/*" ||
         clause.media_type == "*/*";
}

bool prefers_yaml(std::string_view header) {
  for (const AcceptClause& clause : parse_accept(header)) {
    if (clause.media_type == "application/yaml") return true;
    if (accepts_json(clause)) return false;
  }
  return false;
}

}  // namespace podrun::api
