#include "supervisor/api/server/target.h"

#include "base/error.h"
#include "base/utf8.h"

namespace podrun::api {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        throw BadInput("invalid URL escape \"" + std::string(text.substr(i, 3)) + "\"");
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  if (!is_utf8(decoded)) throw BadInput("invalid URL: it is not UTF-8");
  return decoded;
}

void parse_query(std::string_view text, Target& target) {
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(pair.size() < text.size() ? pair.size() + 1 : pair.size());
    if (pair.empty()) continue;
    if (pair.find(';') != std::string_view::npos)
      throw BadInput("invalid semicolon separator in query");
    const auto equals = pair.find('=');
    std::string value;
    if (equals != std::string_view::npos) value = decode(pair.substr(equals + 1), true);
    target.query.emplace_back(decode(pair.substr(0, equals), true), std::move(value));
  }
}

/// "http://host:1/path" without scheme and authority.
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    target.remove_prefix(scheme.size());
    const auto end = target.find_first_of("/?");
    return end == std::string_view::npos ? std::string_view() : target.substr(end);
  }
  throw BadInput("invalid request target");
}

}  // namespace

Target parse_target(std::string_view target) {
  Target parsed;
  if (target == "*") {
    parsed.path = "*";
    return parsed;
  }
  if (!target.starts_with('/')) target = without_authority(target);
  target = target.substr(0, target.find('#'));
  const auto question = target.find('?');
  parsed.path = decode(target.substr(0, question), false);
  if (parsed.path.empty()) parsed.path = "/";
  if (question != std::string_view::npos) parse_query(target.substr(question + 1), parsed);
  return parsed;
}

}  // namespace podrun::api
