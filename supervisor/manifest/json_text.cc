// JSON to trees; errors in the words of Go's encoding/json, which kubectl's users know.
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "base/go_text.h"
#include "base/utf8.h"
#include "supervisor/manifest/text.h"

namespace podrun::manifest {

namespace {

void append_utf8(std::string& out, unsigned code_point) {
  const auto tail = [&](int shift) {
    out += static_cast<char>(0x80 | ((code_point >> shift) & 0x3f));
  };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xc0 | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xe0 | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | (code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

class Reader {
 public:
  Reader(std::string_view text, int first_line, Repeats repeats)
      : text_(text), repeats_(repeats), line_(first_line) {}

  [[noreturn]] void refuse(const std::string& text) const { fail(text); }

  bool at_end() {
    skip_space();
    return at_ == text_.size();
  }

  /// The value that is all of the text.
  Node only_value() {
    Node node = value();
    if (!at_end()) unexpected("after top-level value");
    return node;
  }

  Node value(int depth = 0) {
    if (depth > kMaxDepth) fail("nested deeper than " + std::to_string(kMaxDepth) + " levels");
    if (++nodes_ > kMaxNodes) fail("document is too large");
    skip_space();
    Node node;
    node.line = line_;
    const char c = peek();
    if (c == '{') {
      object(node, depth);
    } else if (c == '[') {
      array(node, depth);
    } else if (c == '"') {
      node.kind = NodeKind::kString;
      node.text = string();
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      number(node);
    } else {
      literal(node, c);
    }
    return node;
  }

 private:
  [[noreturn]] void fail(const std::string& text) const { throw SyntaxError{line_, text}; }
  [[noreturn]] void unexpected(const std::string& where) const {
    if (at_ >= text_.size()) fail("unexpected end of JSON input");
    const char c = text_[at_];
    std::string shown(1, c);
    if (c == '\'' || c == '\\') shown = std::string("\\") + c;
    if (c == '\n') shown = "\\n";
    if (c == '\t') shown = "\\t";
    if (c == '\r') shown = "\\r";
    if (shown.size() == 1 && (c < ' ' || c > '~')) {
      constexpr std::string_view kHex = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      shown = {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
    fail("invalid character '" + shown + "' " + where);
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  void object(Node& node, int depth) {
    node.kind = NodeKind::kMap;
    ++at_;
    skip_space();
    if (peek() == '}') {
      ++at_;
      return;
    }
    std::map<std::string, int> lines;
    std::size_t repeats = 0;
    while (true) {
      skip_space();
      if (peek() != '"') unexpected("looking for beginning of object key string");
      const int line = line_;
      std::string key = string();
      const auto [previous, is_new] = lines.emplace(key, line);
      if (!is_new && repeats_ == Repeats::kRefuse) {
        fail("duplicate field " + go_quote(key) + ", already defined at line " +
             std::to_string(previous->second));
      }
      if (lines.size() > kMaxKeys) {
        fail("more than " + std::to_string(kMaxKeys) + " keys in one object");
      }
      skip_space();
      if (peek() != ':') unexpected("after object key");
      ++at_;
      Node content = value(depth + 1);
      if (is_new) {
        node.entries.push_back({std::move(key), line, std::move(content)});
      } else {
        if (++repeats > kMaxRepeats) fail("too many duplicate fields");
        node.replace(key, std::move(content));
      }
      skip_space();
      if (peek() != ',' && peek() != '}') unexpected("after object key:value pair");
      if (text_[at_++] == '}') return;
    }
  }

  void array(Node& node, int depth) {
    node.kind = NodeKind::kList;
    ++at_;
    skip_space();
    if (peek() == ']') {
      ++at_;
      return;
    }
    while (true) {
      node.items.push_back(value(depth + 1));
      skip_space();
      if (peek() != ',' && peek() != ']') unexpected("after array element");
      if (text_[at_++] == ']') return;
    }
  }

  std::string string() {
    std::string out;
    ++at_;
    while (true) {
      const std::size_t start = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= 0x20) {
        ++at_;
      }
      out.append(text_.substr(start, at_ - start));
      if (out.size() > kMaxScalar) fail("a value is longer than 3 MiB");
      if (peek() == '"') break;
      if (peek() != '\\' || at_ >= text_.size()) unexpected("in string literal");
      ++at_;
      escape(out);
    }
    ++at_;
    return valid_utf8(out);
  }

  void escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    const auto simple = kNames.find(peek());
    if (at_ < text_.size() && simple != std::string_view::npos) {
      out += kValues[simple];
      ++at_;
      return;
    }
    if (peek() != 'u') unexpected("in string escape code");
    ++at_;
    unsigned code = hex4();
    if (code >= 0xd800 && code < 0xdc00 && text_.substr(at_, 2) == "\\u") {
      const std::size_t back = at_;
      at_ += 2;
      const unsigned low = hex4();
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      } else {
        at_ = back;
      }
    }
    // Half of a surrogate pair is replaced, as Go does.
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    append_utf8(out, code);
  }

  unsigned hex4() {
    unsigned code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      if (c >= '0' && c <= '9') {
        code = code * 16 + static_cast<unsigned>(c - '0');
      } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
        code = code * 16 + static_cast<unsigned>((c | 0x20) - 'a' + 10);
      } else {
        unexpected("in \\u hexadecimal character escape");
      }
    }
    return code;
  }

  void digits(const char* where) {
    if (peek() < '0' || peek() > '9') unexpected(where);
    while (peek() >= '0' && peek() <= '9') ++at_;
  }

  void number(Node& node) {
    const std::size_t start = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
    } else {
      digits("in numeric literal");
    }
    node.kind = NodeKind::kInteger;
    if (peek() == '.') {
      ++at_;
      digits("after decimal point in numeric literal");
      node.kind = NodeKind::kFloat;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      digits("in exponent of numeric literal");
      node.kind = NodeKind::kFloat;
    }
    node.text = std::string(text_.substr(start, at_ - start));
    if (node.text.size() > 64) fail("a number is longer than 64 characters");
    if (node.text == "-0") node.text = "0";
  }

  void literal(Node& node, char first) {
    const std::string_view word = first == 't'   ? "true"
                                  : first == 'f' ? "false"
                                  : first == 'n' ? "null"
                                                 : "";
    if (word.empty()) unexpected("looking for beginning of value");
    for (const char expected : word) {
      if (peek() != expected) {
        unexpected("in literal " + std::string(word) + " (expecting '" + expected + "')");
      }
      ++at_;
    }
    node.kind = first == 'n' ? NodeKind::kNull : NodeKind::kBool;
    node.truth = first == 't';
    node.text = std::string(word);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
  Repeats repeats_;
  int line_;
};

}  // namespace

void read_json(std::string_view text, int first_line, std::vector<Document>& out, Repeats repeats) {
  Reader reader(text, first_line, repeats);
  try {
    while (!reader.at_end()) {
      if (out.size() >= kMaxDocuments) reader.refuse("more than 10000 documents");
      Node root = reader.value();
      if (root.kind != NodeKind::kNull) out.emplace_back(std::move(root));
    }
  } catch (SyntaxError& error) {
    error.text = "json: " + error.text;
    out.emplace_back(std::move(error));
  }
}

Document read_json_value(std::string_view text) {
  try {
    return Reader(text, 1, Repeats::kLastHolds).only_value();
  } catch (SyntaxError& error) {
    return std::move(error);
  }
}

}  // namespace podrun::manifest
