// YAML streams to trees, on libyaml: the parser that go-yaml, and so kubectl, is a translation of.
#include <yaml.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "base/go_text.h"
#include "supervisor/manifest/text.h"

namespace podrun::manifest {

namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

/// libyaml's parser, owned; one event at a time.
class Events {
 public:
  Events(std::string_view text, int first_line) : text_(text), first_line_(first_line) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  ~Events() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }

  const yaml_event_t& next() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_) == 0) throw syntax_error();
    return event_;
  }
  const yaml_event_t& now() const { return event_; }
  int line() const { return first_line_ + static_cast<int>(event_.start_mark.line); }

 private:
  // As go-yaml's parser.fail(): the line of the problem, else of its context.
  SyntaxError syntax_error() const {
    const char* problem = parser_.problem != nullptr ? parser_.problem : "unknown problem";
    std::size_t line = parser_.problem_mark.line;
    if (parser_.error == YAML_READER_ERROR) {
      // Found while reading ahead: the parser's own place is before it.
      const std::string_view before = text_.substr(0, parser_.problem_offset);
      line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    }
    std::string text = std::string("yaml: ") + problem;
    if (parser_.context != nullptr && parser_.context_mark.line != line) {
      text += std::string(" (") + parser_.context + " that begins at line " +
              std::to_string(first_line_ + static_cast<int>(parser_.context_mark.line)) + ")";
    }
    return {first_line_ + static_cast<int>(line), text};
  }

  yaml_parser_t parser_{};
  yaml_event_t event_{};
  std::string_view text_;
  int first_line_;
};

std::string_view view(const unsigned char* text, std::size_t length) {
  return {reinterpret_cast<const char*>(text), length};
}
std::string name_of(const unsigned char* text) {
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

/// Bytes and nodes of `node` and all below it.
struct Size {
  std::size_t nodes = 0, bytes = 0;
};
Size size_of(const Node& node) {
  Size size{1, node.text.size()};
  const auto add = [&](const Size& part) {
    size.nodes += part.nodes;
    size.bytes += part.bytes;
  };
  for (const Node& item : node.items) add(size_of(item));
  for (const MapEntry& entry : node.entries) {
    add(size_of(entry.value));
    size.bytes += entry.key.size();
  }
  return size;
}

/// Builds the tree of one document from events.
class Composer {
 public:
  Composer(Events& events, Repeats repeats) : events_(events), repeats_(repeats) {}

  /// The node that the current event begins; ends on the node's last event.
  Node compose(int depth = 0) {
    if (depth > kMaxDepth) {
      fail("nested deeper than " + std::to_string(kMaxDepth) + " levels");
    }
    switch (events_.now().type) {
      case YAML_SCALAR_EVENT:
        return anchored(name_of(events_.now().data.scalar.anchor), [&] { return scalar(); });
      case YAML_ALIAS_EVENT:
        return alias();
      case YAML_SEQUENCE_START_EVENT:
        return anchored(name_of(events_.now().data.sequence_start.anchor),
                        [&] { return list(depth); });
      default:
        return anchored(name_of(events_.now().data.mapping_start.anchor),
                        [&] { return map(depth); });
    }
  }

 private:
  [[noreturn]] void fail(const std::string& text) const {
    throw SyntaxError{events_.line(), "yaml: " + text};
  }

  void spend(Size size) {
    spent_.nodes += size.nodes;
    spent_.bytes += size.bytes;
    if (spent_.nodes > kMaxNodes || spent_.bytes > kMaxExpanded) {
      fail(aliases_ > 0 ? "document contains excessive aliasing" : "document is too large");
    }
  }

  template <class Build>
  Node anchored(const std::string& anchor, Build build) {
    if (!anchor.empty()) open_.insert(anchor);
    Node node = build();
    if (!anchor.empty()) {
      open_.erase(anchor);
      spend(size_of(node));
      anchors_[anchor] = node;
    }
    return node;
  }

  Node alias() {
    const std::string name = name_of(events_.now().data.alias.anchor);
    if (open_.contains(name)) fail("anchor '" + name + "' value contains itself");
    const auto found = anchors_.find(name);
    if (found == anchors_.end()) fail("unknown anchor '" + name + "' referenced");
    ++aliases_;
    spend(size_of(found->second));
    return found->second;
  }

  Node scalar() {
    const auto& event = events_.now().data.scalar;
    const std::string_view text = view(event.value, event.length);
    if (text.size() > kMaxScalar) {
      fail("a value of " + std::to_string(text.size()) + " bytes is longer than 3 MiB");
    }
    spend({1, text.size()});
    Node node;
    node.line = events_.line();
    std::string tag = name_of(event.tag);
    if (tag.starts_with(kTagPrefix)) tag = tag.substr(kTagPrefix.size());
    const bool plain = event.style == YAML_PLAIN_SCALAR_STYLE && tag.empty();
    const bool typed = tag == "int" || tag == "float" || tag == "bool" || tag == "null";
    if (!plain && !typed) {
      if (tag == "binary") fail("!!binary is not supported");
      node.kind = NodeKind::kString;
      node.text = std::string(text);
      return node;
    }
    if (!resolve_plain(text, node)) fail("unsupported value: " + std::string(text));
    if (typed) check_tag(tag, node);
    return node;
  }

  void check_tag(const std::string& tag, const Node& node) const {
    const bool number = node.kind == NodeKind::kInteger || node.kind == NodeKind::kFloat;
    const bool fits = tag == "int"     ? node.kind == NodeKind::kInteger
                      : tag == "float" ? number
                      : tag == "bool"  ? node.kind == NodeKind::kBool
                                       : node.kind == NodeKind::kNull;
    if (!fits) fail("cannot decode `" + node.text + "` as a !!" + tag);
  }

  Node list(int depth) {
    Node node;
    node.kind = NodeKind::kList;
    node.line = events_.line();
    spend({1, 0});
    while (events_.next().type != YAML_SEQUENCE_END_EVENT) {
      node.items.push_back(compose(depth + 1));
    }
    return node;
  }

  Node map(int depth) {
    Node node;
    node.kind = NodeKind::kMap;
    node.line = events_.line();
    spend({1, 0});
    std::vector<Node> merged;
    std::map<std::string, int> lines;  // of the keys seen
    std::size_t repeats = 0;
    while (events_.next().type != YAML_MAPPING_END_EVENT) {
      const int line = events_.line();
      const bool merge = is_merge_key();
      std::string key = merge ? "<<" : key_text(compose(depth + 1));
      events_.next();
      Node value = compose(depth + 1);
      if (merge) {
        take_merge(std::move(value), merged);
        continue;
      }
      const auto [previous, is_new] = lines.emplace(key, line);
      if (!is_new && repeats_ == Repeats::kLastHolds) {
        if (++repeats > kMaxRepeats) fail("too many duplicate keys");
        node.replace(key, std::move(value));
        continue;
      }
      if (!is_new) {
        throw SyntaxError{line, "yaml: mapping key " + go_quote(key) + " already defined at line " +
                                    std::to_string(previous->second)};
      }
      node.entries.push_back({std::move(key), line, std::move(value)});
      check_keys(node);
    }
    for (Node& source : merged) {
      for (MapEntry& entry : source.entries) {
        if (lines.emplace(entry.key, entry.line).second) node.entries.push_back(std::move(entry));
        check_keys(node);
      }
    }
    return node;
  }

  void check_keys(const Node& map) const {
    if (map.entries.size() > kMaxKeys) {
      fail("more than " + std::to_string(kMaxKeys) + " keys in one map");
    }
  }

  bool is_merge_key() const {
    if (events_.now().type != YAML_SCALAR_EVENT) return false;
    const auto& event = events_.now().data.scalar;
    return event.style == YAML_PLAIN_SCALAR_STYLE && view(event.value, event.length) == "<<";
  }

  void take_merge(Node value, std::vector<Node>& merged) const {
    const bool is_list = value.kind == NodeKind::kList;
    std::vector<Node> sources;
    if (is_list) {
      sources = std::move(value.items);
    } else {
      sources.push_back(std::move(value));
    }
    for (Node& source : sources) {
      if (source.kind != NodeKind::kMap) {
        fail("map merge requires map or sequence of maps as the value");
      }
      merged.push_back(std::move(source));
    }
  }

  // Keys that YAML types otherwise become strings, as JSON has no others.
  std::string key_text(const Node& key) const {
    switch (key.kind) {
      case NodeKind::kBool:
        return key.truth ? "true" : "false";
      case NodeKind::kString:
      case NodeKind::kInteger:
      case NodeKind::kFloat:
        return key.text;
      default:
        throw SyntaxError{key.line, "yaml: invalid map key: " + describe(key)};
    }
  }

  Events& events_;
  Repeats repeats_;
  std::map<std::string, Node> anchors_;
  std::set<std::string> open_;  // anchors whose node is not complete
  Size spent_;
  int aliases_ = 0;
};

}  // namespace

void read_yaml(std::string_view text, int first_line, std::vector<Document>& out, Repeats repeats) {
  std::vector<Document> documents;
  try {
    Events events(text, first_line);
    while (true) {
      const auto type = events.next().type;
      if (type == YAML_STREAM_END_EVENT) break;
      if (type != YAML_DOCUMENT_START_EVENT) continue;
      events.next();
      Node root = Composer(events, repeats).compose();
      if (root.kind != NodeKind::kNull) documents.emplace_back(std::move(root));
    }
  } catch (SyntaxError& error) {
    // What came before it in the same text was misread as well.
    documents.clear();
    documents.emplace_back(std::move(error));
  }
  std::move(documents.begin(), documents.end(), std::back_inserter(out));
}

}  // namespace podrun::manifest
