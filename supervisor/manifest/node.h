// A document as a tree in which every value knows its line, whether it came from YAML or JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace podrun::manifest {

enum class NodeKind { kNull, kBool, kInteger, kFloat, kString, kList, kMap };

struct MapEntry;

struct Node {
  NodeKind kind = NodeKind::kNull;
  int line = 0;  // 1-based, of the value's first character
  bool truth = false;
  std::string text;  // a string's value; a number in JSON's spelling
  /// What stood there, where that differs: "0644" for 420, "1.10" for 1.1, "yes" for true.
  std::string written;
  std::vector<Node> items;        // of a list
  std::vector<MapEntry> entries;  // of a map, in the order of the document

  /// The value of a map's key, or null.
  const Node* find(std::string_view key) const;
  const MapEntry* find_entry(std::string_view key) const;
  /// The key stands there a second time, with another value.
  void replace(std::string_view key, Node value);
};

struct MapEntry {
  std::string key;
  int line = 0;  // of the key
  Node value;
  bool is_repeated = false;  // the key stood there before; the last value holds
};

/// "a list", "the number 8080", "the boolean yes", "the string "x"": for messages.
std::string describe(const Node& node);
/// A scalar as it was written.
const std::string& spelling(const Node& node);

/// A place in a document: its path as Kubernetes writes it ("spec.containers[0].name") and the line
/// of the nearest node that is there.
class Path {
 public:
  explicit Path(const Node& root) : node_(&root), line_(root.line) {}
  /// The field of an object. Fields that the document lacks have their parent's line.
  Path operator/(std::string_view field) const;
  /// The item of a list.
  Path operator[](std::size_t index) const;
  /// The entry of a map with free keys: "labels[app]".
  Path key(std::string_view name) const;
  /// The same two for an entry at hand, of this map.
  Path field(const MapEntry& entry) const;
  Path keyed(const MapEntry& entry) const;

  /// This path, at the line of `inner`: for messages on a map as a whole that one entry causes.
  Path with_line_of(const Path& inner) const;

  const std::string& text() const { return text_; }
  int line() const { return line_; }
  /// The value, or null where the document has none.
  const Node* node() const { return node_; }
  bool is_set() const { return node_ != nullptr && node_->kind != NodeKind::kNull; }

 private:
  Path(const Path& parent, std::string text, const MapEntry* entry);
  std::string text_;
  const Node* node_;
  int line_;
};

}  // namespace podrun::manifest
