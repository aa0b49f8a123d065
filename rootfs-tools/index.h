// index.json: which images there are, and under which names. One image a line, so that a name is
// found in the text without parsing all of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::images {

struct IndexEntry {
  std::string id;                   // "sha256:<hex>"
  std::vector<std::string> names;   // normalized
  std::vector<std::string> layers;  // diff ids, lowest first
  std::uint64_t size = 0;           // bytes, unpacked
};

/// The text of index.json, mapped: hundreds of images are looked through without a copy. Empty
/// where there is no index yet. What is mapped stays as it was: changes replace the file.
class IndexText {
 public:
  explicit IndexText(const std::string& data_dir);
  ~IndexText();
  IndexText(const IndexText&) = delete;
  IndexText& operator=(const IndexText&) = delete;
  std::string_view view() const { return text_; }

 private:
  std::string_view text_;
};

std::vector<IndexEntry> parse_index(std::string_view text);
std::string format_index(const std::vector<IndexEntry>& entries);

/// The image that has this (normalized) name.
std::optional<IndexEntry> find_name(std::string_view index_text, const std::string& name);
/// The image whose id starts with `hex`; nothing where none or several do.
std::optional<IndexEntry> find_id(std::string_view index_text, std::string_view hex);

}  // namespace podrun::images
