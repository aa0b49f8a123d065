#include "supervisor/manifest/index_set.h"

#include <charconv>
#include <string_view>

#include "base/error.h"
#include "base/go_text.h"

namespace podrun::manifest {

namespace {

std::int64_t parse_index(std::string_view text, std::int64_t completions) {
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || index < 0) {
    throw BadInput("cannot convert string to integer for index: " + go_quote(text));
  }
  if (index >= completions) throw BadInput("too large index: " + go_quote(text));
  return index;
}

[[noreturn]] void refuse_order(std::int64_t previous, std::int64_t current) {
  throw BadInput("non-increasing order, previous: " + std::to_string(previous) +
                 ", current: " + std::to_string(current));
}

void add_interval(std::string_view text, std::int64_t completions, IndexSet& into) {
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos && text.find('-', dash + 1) != std::string_view::npos) {
    throw BadInput("the fragment " + go_quote(text) +
                   " violates the requirement that an index interval can have at most two parts "
                   "separated by '-'");
  }
  const std::int64_t first = parse_index(text.substr(0, dash), completions);
  std::int64_t last = first;
  if (dash != std::string_view::npos) {
    last = parse_index(text.substr(dash + 1), completions);
    if (first >= last) refuse_order(first, last);
  }
  if (!into.empty() && first <= *into.rbegin()) refuse_order(*into.rbegin(), first);
  for (std::int64_t i = first; i <= last; ++i) into.insert(into.end(), i);
}

}  // namespace

IndexSet parse_indexes(const std::string& text, std::int64_t completions) {
  IndexSet indexes;
  if (text.empty()) return indexes;
  std::string_view rest = text;
  for (;;) {
    const std::size_t comma = rest.find(',');
    add_interval(rest.substr(0, comma), completions, indexes);
    if (comma == std::string_view::npos) return indexes;
    rest.remove_prefix(comma + 1);
  }
}

std::string format_indexes(const IndexSet& indexes) {
  std::string text;
  for (auto first = indexes.begin(); first != indexes.end();) {
    auto next = first;
    std::int64_t last = *first;
    while (++next != indexes.end() && *next == last + 1) last = *next;
    if (!text.empty()) text += ',';
    text += std::to_string(*first);
    if (last > *first) text += (last == *first + 1 ? ',' : '-') + std::to_string(last);
    first = next;
  }
  return text;
}

}  // namespace podrun::manifest
