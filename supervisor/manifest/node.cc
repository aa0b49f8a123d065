#include "supervisor/manifest/node.h"

#include <algorithm>

#include "base/go_text.h"

namespace podrun::manifest {

const MapEntry* Node::find_entry(std::string_view key) const {
  for (const MapEntry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

const Node* Node::find(std::string_view key) const {
  const MapEntry* entry = find_entry(key);
  return entry == nullptr ? nullptr : &entry->value;
}

void Node::replace(std::string_view key, Node value) {
  for (MapEntry& entry : entries) {
    if (entry.key != key) continue;
    entry.value = std::move(value);
    entry.is_repeated = true;
    return;
  }
}

const std::string& spelling(const Node& node) {
  return node.written.empty() ? node.text : node.written;
}

std::string describe(const Node& node) {
  constexpr std::size_t kMostShown = 40;
  switch (node.kind) {
    case NodeKind::kNull:
      return "null";
    case NodeKind::kBool:
      return "the boolean " + spelling(node);
    case NodeKind::kInteger:
    case NodeKind::kFloat:
      return "the number " + spelling(node);
    case NodeKind::kString:
      return node.text.size() > kMostShown ? "a string" : "the string " + go_quote(node.text);
    case NodeKind::kList:
      return "a list";
    case NodeKind::kMap:
      break;
  }
  return "an object";
}

namespace {

/// A key as it may stand in a message: none of it moves a terminal's cursor.
std::string shown(std::string_view key) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  const bool plain = std::none_of(key.begin(), key.end(), is_control);
  return plain ? std::string(key) : go_quote(key);
}

std::string dotted(const std::string& path, std::string_view field) {
  return path.empty() ? shown(field) : path + "." + shown(field);
}

std::string bracketed(const std::string& path, std::string_view key) {
  return path + "[" + shown(key) + "]";
}

}  // namespace

Path::Path(const Path& parent, std::string text, const MapEntry* entry)
    : text_(std::move(text)),
      node_(entry == nullptr ? nullptr : &entry->value),
      line_(entry == nullptr ? parent.line_ : entry->line) {}

Path Path::operator/(std::string_view field) const {
  return {*this, dotted(text_, field), node_ == nullptr ? nullptr : node_->find_entry(field)};
}

Path Path::key(std::string_view name) const {
  return {*this, bracketed(text_, name), node_ == nullptr ? nullptr : node_->find_entry(name)};
}

Path Path::field(const MapEntry& entry) const { return {*this, dotted(text_, entry.key), &entry}; }

Path Path::keyed(const MapEntry& entry) const {
  return {*this, bracketed(text_, entry.key), &entry};
}

Path Path::with_line_of(const Path& inner) const {
  Path path = *this;
  path.line_ = inner.line_;
  return path;
}

Path Path::operator[](std::size_t index) const {
  Path path = *this;
  path.text_ += "[" + std::to_string(index) + "]";
  path.node_ = node_ != nullptr && index < node_->items.size() ? &node_->items[index] : nullptr;
  if (path.node_ != nullptr) path.line_ = path.node_->line;
  return path;
}

}  // namespace podrun::manifest
