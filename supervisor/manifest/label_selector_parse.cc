// The grammar of label selectors, with apimachinery's words for what is wrong (labels.Parse).
#include <algorithm>

#include "base/go_text.h"
#include "supervisor/manifest/formats.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::manifest {
namespace {

enum class Token { kError, kEnd, kOpen, kClose, kComma, kBang, kOperator, kIn, kNotIn, kWord };

struct Item {
  Token token = Token::kEnd;
  std::string text;
  LabelOperator op = LabelOperator::kEquals;  // of kOperator
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_special(char c) { return std::string_view("=!(),><").find(c) != std::string_view::npos; }

Item special_item(std::string_view text) {
  const auto op = [&](LabelOperator which) {
    return Item{Token::kOperator, std::string(text), which};
  };
  if (text == "==") return op(LabelOperator::kDoubleEquals);
  if (text == "!=") return op(LabelOperator::kNotEquals);
  if (text == "=") return op(LabelOperator::kEquals);
  if (text == ">") return op(LabelOperator::kGreaterThan);
  if (text == "<") return op(LabelOperator::kLessThan);
  if (text == "!") return {Token::kBang, "!"};
  if (text == "(") return {Token::kOpen, "("};
  if (text == ")") return {Token::kClose, ")"};
  return {Token::kComma, ","};
}

std::vector<Item> scan(std::string_view text) {
  std::vector<Item> items;
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_space(text[at])) {
      ++at;
    } else if (is_special(text[at])) {
      const std::string_view two = text.substr(at, 2);
      const std::size_t length = two == "==" || two == "!=" ? 2 : 1;
      items.push_back(special_item(text.substr(at, length)));
      at += length;
    } else {
      const std::size_t begin = at;
      while (at < text.size() && !is_space(text[at]) && !is_special(text[at])) ++at;
      std::string word(text.substr(begin, at - begin));
      const Token token = word == "in"      ? Token::kIn
                          : word == "notin" ? Token::kNotIn
                                            : Token::kWord;
      items.push_back({token, std::move(word)});
    }
  }
  items.push_back({});
  return items;
}

[[noreturn]] void unexpected(const Item& found, const char* expected) {
  throw SelectorError("found '" + found.text + "', " + expected);
}

/// The field error of a key or value; `path` is where apimachinery says it is.
void check(const std::string& path, const std::string& value, const manifest::Problems& problems) {
  if (problems.empty()) return;
  std::string all;
  for (const auto& problem : problems) all += (all.empty() ? "" : "; ") + problem;
  throw SelectorError(path + ": Invalid value: " + go_quote(value) + ": " + all);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : items_(scan(text)) {}

  std::vector<LabelRequirement> run() {
    std::vector<LabelRequirement> requirements;
    if (look().token == Token::kEnd) return requirements;
    for (;;) {
      if (!is_word(look()) && look().token != Token::kBang) {
        unexpected(look(), "expected: !, identifier, or 'end of string'");
      }
      requirements.push_back(requirement());
      const Item& next = take();
      if (next.token == Token::kEnd) return requirements;
      if (next.token != Token::kComma) unexpected(next, "expected: ',' or 'end of string'");
      if (!is_word(look()) && look().token != Token::kBang) {
        unexpected(look(), "expected: identifier after ','");
      }
    }
  }

 private:
  static bool is_word(const Item& item) {
    return item.token == Token::kWord || item.token == Token::kIn || item.token == Token::kNotIn;
  }
  const Item& look() const { return items_[at_]; }
  /// The end is taken as often as asked for.
  const Item& take() {
    const Item& item = items_[at_];
    if (at_ + 1 < items_.size()) ++at_;
    return item;
  }

  LabelRequirement requirement() try {
    LabelRequirement made;
    const bool absent = look().token == Token::kBang;
    if (absent) take();
    const Item& key = take();
    if (!is_word(key)) unexpected(key, "expected: identifier");
    made.key = key.text;
    check("<nil>", made.key, manifest::check_qualified_name(made.key));
    if (look().token == Token::kEnd || look().token == Token::kComma) {
      made.op = absent ? LabelOperator::kDoesNotExist : LabelOperator::kExists;
      return made;
    }
    made.op = operation();
    made.values = is_set(made.op) ? values() : exact_value();
    std::sort(made.values.begin(), made.values.end());
    made.values.erase(std::unique(made.values.begin(), made.values.end()), made.values.end());
    validate(made);
    return made;
  } catch (const SelectorError& error) {
    throw SelectorError(std::string("unable to parse requirement: ") + error.what());
  }

  static bool is_set(LabelOperator op) {
    return op == LabelOperator::kIn || op == LabelOperator::kNotIn;
  }

  static void validate(const LabelRequirement& made) {
    int index = 0;
    for (const auto& value : made.values) {
      const std::string path = "values[" + std::to_string(index++) + "]";
      if (made.op == LabelOperator::kGreaterThan || made.op == LabelOperator::kLessThan) {
        const bool sign = !value.empty() && (value[0] == '-' || value[0] == '+');
        const std::string digits = value.substr(sign ? 1 : 0);
        if (digits.empty() || digits.size() > 18 ||
            digits.find_first_not_of("0123456789") != std::string::npos) {
          check(path, value, {"for 'Gt', 'Lt' operators, the value must be an integer"});
        }
      }
      check(path + "[" + made.key + "]", value, manifest::check_label_value(value));
    }
  }

  LabelOperator operation() {
    const Item& item = take();
    if (item.token == Token::kOperator) return item.op;
    if (item.token == Token::kIn) return LabelOperator::kIn;
    if (item.token == Token::kNotIn) return LabelOperator::kNotIn;
    unexpected(item, "expected: in, notin, =, ==, !=, gt, lt");
  }

  std::vector<std::string> exact_value() {
    if (look().token == Token::kEnd || look().token == Token::kComma) return {""};
    const Item& item = take();
    if (!is_word(item)) unexpected(item, "expected: identifier");
    return {item.text};
  }

  /// `(a,b)`; an empty place between commas is the empty value.
  std::vector<std::string> values() {
    const Item& open = take();
    if (open.token != Token::kOpen) {
      throw SelectorError("found '" + open.text + "' expected: '('");
    }
    if (look().token == Token::kClose) {
      take();
      return {""};
    }
    if (!is_word(look()) && look().token != Token::kComma) {
      unexpected(look(), "expected: ',', ')' or identifier");
    }
    std::vector<std::string> all;
    for (;;) {
      const Item& item = take();
      if (is_word(item)) {
        all.push_back(item.text);
        if (look().token == Token::kClose) break;
        if (look().token != Token::kComma) unexpected(look(), "expected: ',' or ')'");
        continue;
      }
      if (item.token != Token::kComma) unexpected(item, "expected: ',', or identifier");
      if (all.empty() || look().token == Token::kComma || look().token == Token::kClose) {
        all.emplace_back();
      }
      if (look().token == Token::kClose) break;
    }
    take();
    return all;
  }

  std::vector<Item> items_;
  std::size_t at_ = 0;
};

}  // namespace

LabelSelector LabelSelector::parse(std::string_view text) {
  LabelSelector selector;
  selector.requirements_ = Parser(text).run();
  selector.sort();
  return selector;
}

}  // namespace podrun::manifest
