#include "supervisor/manifest/yaml_output.h"

#include <algorithm>
#include <string_view>

#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/node.h"
#include "supervisor/manifest/text.h"

namespace podrun::manifest {
namespace {

constexpr std::size_t kStep = 2;
/// go-yaml breaks a line at the first blank beyond this column.
constexpr std::size_t kWidth = 80;
constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`";

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), is_control);
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789_") == std::string_view::npos;
}

/// Numbers in base 60 (12:30), which other readers of YAML than kubectl know.
bool is_sexagesimal(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  auto colon = text.find(':');
  if (colon == std::string_view::npos || !is_digits(text.substr(0, colon))) return false;
  while (colon != std::string_view::npos) {
    text.remove_prefix(colon + 1);
    colon = text.find(':');
    std::string_view part = text.substr(0, colon);
    if (colon == std::string_view::npos) part = part.substr(0, part.find('.'));
    if (!is_digits(part) || part.size() > 2 || (part.size() == 2 && part[0] > '5')) return false;
  }
  return true;
}

bool is_timestamp(std::string_view text) {
  return text.size() >= 8 && is_digits(text.substr(0, 4)) && text[4] == '-' &&
         text.find_first_not_of("0123456789-:TtZz.+ ") == std::string_view::npos;
}

/// Whether a reader would take the plain text for something else than a string.
bool reads_as_other(std::string_view text) {
  Node node;
  return !resolve_plain(text, node) || node.kind != NodeKind::kString || is_timestamp(text) ||
         is_sexagesimal(text);
}

/// Whether the grammar lets the text stand without quotes.
bool can_be_plain(std::string_view text) {
  if (text.empty() || !is_printable(text)) return false;
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  const bool word = std::string_view("-?:").find(text[0]) != std::string_view::npos &&
                    text.size() > 1 && text[1] != ' ';
  if (kIndicators.find(text[0]) != std::string_view::npos && !word) return false;
  return text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos &&
         !text.starts_with("---") && !text.starts_with("...");
}

std::string escaped(char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '"':
    case '\\':
      return {'\\', c};
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      return is_control(c) ? std::string{'\\', 'x', kHex[byte >> 4], kHex[byte & 15]}
                           : std::string(1, c);
  }
}

enum class Style { kPlain, kSingle, kDouble };

Style style_of(std::string_view text) {
  if (!is_printable(text) || reads_as_other(text)) return Style::kDouble;
  return can_be_plain(text) ? Style::kPlain : Style::kSingle;
}

/// `column`: where the text begins; `indent`: where its further lines do.
std::string line_text(std::string_view text, std::size_t column, std::size_t indent) {
  const Style style = style_of(text);
  const std::string_view quote = style == Style::kPlain ? "" : style == Style::kSingle ? "'" : "\"";
  std::string out(quote);
  column += quote.size();
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool inside = at > 0 && at + 1 < text.size();
    if (c == ' ' && inside && column > kWidth && text[at - 1] != ' ' &&
        (text[at + 1] != ' ' || style == Style::kDouble)) {
      out += "\n" + std::string(indent, ' ');
      if (text[at + 1] == ' ') out += '\\';
      column = indent;
      continue;
    }
    const std::string shown = style == Style::kDouble                ? escaped(c)
                              : style == Style::kSingle && c == '\'' ? "''"
                                                                     : std::string(1, c);
    out += shown;
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) column += shown.size();
  }
  return out + std::string(quote);
}

bool fits_block(std::string_view text) {
  return text.find('\n') != std::string_view::npos && text.find(" \n") == std::string_view::npos &&
         !text.ends_with(' ') &&
         std::none_of(text.begin(), text.end(), [](char c) { return c != '\n' && is_control(c); });
}

/// A literal block: "|" with what says how it ends, and its lines.
std::string block(std::string_view text, std::size_t indent) {
  std::string head = "|";
  if (text[0] == ' ' || text[0] == '\n') head += std::to_string(kStep);
  if (!text.ends_with('\n')) {
    head += '-';
  } else if (text.ends_with("\n\n") || text.size() == 1) {
    head += '+';
  }
  std::string out = head;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    out += '\n';
    if (end > begin) out += std::string(indent, ' ') + std::string(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::string scalar(const Json& json, std::size_t column, std::size_t indent) {
  if (json.is_string()) {
    const auto& text = json.get_ref<const std::string&>();
    return fits_block(text) ? block(text, indent) : line_text(text, column, indent);
  }
  if (json.is_array()) return "[]";
  if (json.is_object()) return "{}";
  return json.is_number_float() ? json_number(json.get<double>()) : json.dump();
}

bool is_nested(const Json& json) { return json.is_structured() && !json.empty(); }

void write(std::string& out, const Json& json, std::size_t indent);

void write_map(std::string& out, const Json& map, std::size_t indent) {
  bool first = true;
  for (const auto& [name, value] : map.items()) {
    if (!first) out += std::string(indent, ' ');
    first = false;
    const std::string key = line_text(name, 0, 0) + ":";
    out += key;
    if (!is_nested(value)) {
      out += " " + scalar(value, indent + key.size() + 1, indent + kStep) + "\n";
      continue;
    }
    const std::size_t inner = value.is_array() ? indent : indent + kStep;
    out += "\n" + std::string(inner, ' ');
    write(out, value, inner);
  }
}

void write(std::string& out, const Json& json, std::size_t indent) {
  if (!is_nested(json)) {
    out += scalar(json, indent, indent) + "\n";
  } else if (json.is_object()) {
    write_map(out, json, indent);
  } else {
    bool first = true;
    for (const Json& item : json) {
      if (!first) out += std::string(indent, ' ');
      first = false;
      out += "- ";
      write(out, item, indent + kStep);
    }
  }
}

}  // namespace

std::string yaml_text(Json json) {
  sort_fields(json);
  std::string out;
  write(out, json, 0);
  return out;
}

std::string json_text(Json json) {
  sort_fields(json);
  return json.dump(4) + "\n";
}

}  // namespace podrun::manifest
