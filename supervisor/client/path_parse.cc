#include "supervisor/client/path_parse.h"

#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace podrun::client {
namespace {

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-';
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_blanks(std::string_view text) { return trimmed(text, " \t"); }

std::optional<std::int64_t> integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

/// Walks one template. Holds the position in its text.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  /// Up to the end of the text, or to {end}.
  std::vector<TemplateNode> nodes(bool in_range) {
    std::vector<TemplateNode> nodes;
    while (at_ < text_.size()) {
      if (text_[at_] != '{') {
        const auto open = std::min(text_.find('{', at_), text_.size());
        nodes.emplace_back(TextNode{std::string(text_.substr(at_, open - at_))});
        at_ = open;
        continue;
      }
      ++at_;
      skip_blanks();
      if (take_word("end")) {
        close();
        if (!in_range) fail("{end} without a {range}");
        return nodes;
      }
      action(nodes);
    }
    if (in_range) fail("{range} without its {end}");
    return nodes;
  }

  /// A path or a value, alone.
  Operand operand() {
    skip_blanks();
    if (peek() == '"' || peek() == '\'') return Json(quoted());
    if (take_word("true")) return Json(true);
    if (take_word("false")) return Json(false);
    const std::string_view rest = without_blanks(text_.substr(at_));
    if (!rest.empty() && (is_word(rest[0]) || rest[0] == '+')) {
      at_ = text_.size();
      if (const auto number = integer(rest)) return Json(*number);
      const Json value = Json::parse(rest, nullptr, false);
      if (value.is_number()) return value;
      fail("\"" + std::string(rest) + "\" is no value");
    }
    return steps();
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (is_blank(peek())) ++at_;
  }
  bool take_word(std::string_view word) {
    const std::string_view rest = text_.substr(at_);
    if (!rest.starts_with(word) || (rest.size() > word.size() && is_word(rest[word.size()]))) {
      return false;
    }
    at_ += word.size();
    return true;
  }
  [[noreturn]] void fail(const std::string& why) const {
    throw BadInput("error parsing jsonpath " + std::string(text_) + ", " + why);
  }
  void close() {
    skip_blanks();
    if (peek() != '}') fail("unclosed action");
    ++at_;
  }

  /// What stands between braces; a quoted text and a path may follow each other.
  void action(std::vector<TemplateNode>& nodes) {
    if (take_word("range")) {
      skip_blanks();
      Steps over = steps();
      close();
      nodes.emplace_back(RangeNode{std::move(over), this->nodes(true)});
      return;
    }
    bool any = false;
    while (skip_blanks(), peek() != '}') {
      if (at_ == text_.size()) fail("unclosed action");
      if (peek() == '"' || peek() == '\'') {
        nodes.emplace_back(TextNode{quoted()});
      } else {
        const std::size_t before = at_;
        nodes.emplace_back(steps());
        if (at_ == before)
          fail("unrecognized character in action: '" + std::string(1, peek()) + "'");
      }
      any = true;
    }
    if (!any) nodes.emplace_back(Steps());
    ++at_;
  }

  Steps steps() {
    Steps steps;
    if (peek() == '@' || peek() == '$') ++at_;
    // A first name needs no dot.
    if (is_word(peek())) fail("unrecognized identifier " + std::string(word()));
    while (at_ < text_.size()) {
      if (text_.substr(at_).starts_with("..")) {
        at_ += 2;
        steps.push_back(RecursiveStep{});
        if (is_word(peek()) || peek() == '*') name(steps);
      } else if (peek() == '.') {
        ++at_;
        if (peek() == '[') continue;
        name(steps);
      } else if (peek() == '[') {
        brackets(steps);
      } else {
        break;
      }
    }
    return steps;
  }

  void name(Steps& steps) {
    if (peek() == '*') {
      ++at_;
      steps.push_back(WildcardStep{});
      return;
    }
    const std::string found = word();
    if (!found.empty()) steps.push_back(FieldStep{found});
  }

  /// Up to what ends a name; a backslash takes the next character as it is.
  std::string word() {
    std::string found;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        found += text_[at_ + 1];
        at_ += 2;
        continue;
      }
      if (std::string_view(" \t.[]{}()=!<>,\"'").find(c) != std::string_view::npos) break;
      found += c;
      ++at_;
    }
    return found;
  }

  std::string quoted() {
    const char quote = text_[at_++];
    std::string out;
    for (; peek() != quote; ++at_) {
      if (at_ >= text_.size()) fail("unterminated quoted string");
      char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        c = text_[++at_];
        c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
      }
      out += c;
    }
    ++at_;
    return out;
  }

  /// The text up to the bracket that closes this one.
  std::string_view inside() {
    const std::size_t begin = ++at_;
    int depth = 1;
    char quote = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '[') {
        ++depth;
      } else if (c == ']' && --depth == 0) {
        return text_.substr(begin, at_++ - begin);
      }
    }
    fail("unterminated array");
  }

  void brackets(Steps& steps) {
    const std::string_view text = without_blanks(inside());
    if (text.starts_with("?(") && text.ends_with(')')) {
      steps.push_back(filter(text.substr(2, text.size() - 3)));
      return;
    }
    const std::vector<std::string_view> parts = split(text, ',');
    if (parts.size() == 1) {
      for (PathStep& step : element(parts[0])) steps.push_back(std::move(step));
      return;
    }
    UnionStep several;
    for (const std::string_view part : parts)
      several.parts.push_back(element(without_blanks(part)));
    steps.push_back(std::move(several));
  }

  static std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    char quote = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
      if (at < text.size() && quote != 0) {
        if (text[at] == quote) quote = 0;
      } else if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
        quote = text[at];
      } else if (at == text.size() || text[at] == separator) {
        parts.push_back(text.substr(begin, at - begin));
        begin = at + 1;
      }
    }
    return parts;
  }

  /// A name in quotes is a path: dots in it part names, unless a backslash is before them.
  Steps element(std::string_view text) const {
    if (text.size() >= 2 && (text[0] == '\'' || text[0] == '"') && text.back() == text[0]) {
      const std::string path = "." + std::string(text.substr(1, text.size() - 2));
      return Parser(path).steps();
    }
    Steps steps;
    if (text == "*") {
      steps.push_back(WildcardStep{});
    } else {
      steps.push_back(slice(text));
    }
    return steps;
  }

  SliceStep slice(std::string_view text) const {
    const std::vector<std::string_view> parts = split(text, ':');
    std::vector<std::optional<std::int64_t>> numbers;
    for (const std::string_view part : parts) {
      numbers.push_back(integer(without_blanks(part)));
      if (!numbers.back() && !without_blanks(part).empty())
        fail("invalid array index " + std::string(text));
    }
    if (numbers.size() == 1 && numbers[0]) {
      return {.begin = numbers[0], .end = {}, .step = 1, .single = true};
    }
    if (numbers.size() < 2 || numbers.size() > 3) fail("invalid array index " + std::string(text));
    const std::int64_t step = numbers.size() == 3 ? numbers[2].value_or(1) : 1;
    if (step <= 0) fail("step must be > 0");
    return {.begin = numbers[0], .end = numbers[1], .step = step, .single = false};
  }

  static FilterStep filter(std::string_view text) {
    constexpr std::string_view kOperators = "!<>=";
    std::size_t at = 0;
    char quote = 0;
    for (; at < text.size(); ++at) {
      if (quote != 0) {
        if (text[at] == quote) quote = 0;
      } else if (text[at] == '"' || text[at] == '\'') {
        quote = text[at];
      } else if (kOperators.find(text[at]) != std::string_view::npos) {
        break;
      }
    }
    FilterStep step{Parser(without_blanks(text.substr(0, at))).operand(), Json(), ""};
    if (at == text.size()) return step;
    const auto end = std::min(text.find_first_not_of(kOperators, at), text.size());
    step.op = text.substr(at, end - at);
    step.right = Parser(without_blanks(text.substr(end))).operand();
    return step;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<TemplateNode> parse_template(std::string_view text) {
  return Parser(text).nodes(false);
}

}  // namespace podrun::client
