// HPACK (RFC 7541), as far as a gRPC client needs it: reads any header block, writes plain
// literals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::pod {

struct HpackField {
  std::string name, value;
  bool operator==(const HpackField&) const = default;
};

/// The first value of `name`, or null.
const std::string* hpack_find(const std::vector<HpackField>& fields, std::string_view name);

/// Reads the header blocks of one connection, in order. Total and bounded.
class HpackDecoder {
 public:
  /// The dynamic table's size that a peer may assume before it hears otherwise.
  static constexpr std::size_t kTableLimit = 4096;
  /// Of one block's fields together; more is refused.
  static constexpr std::size_t kBlockLimit = 64u << 10;

  /// Nothing where the block is not valid: the connection is then beyond use.
  std::optional<std::vector<HpackField>> decode(std::string_view block);

 private:
  std::optional<HpackField> indexed(std::uint64_t index) const;
  void insert(const HpackField& field);
  void shrink_to(std::size_t size);
  bool literal(std::string_view& block, int prefix_bits, HpackField& field) const;

  std::deque<HpackField> table_;  // newest first
  std::size_t size_ = 0, limit_ = kTableLimit;
};

/// Huffman-coded text (RFC 7541, appendix B); nothing where it is not valid.
std::optional<std::string> hpack_huffman_decode(std::string_view bytes);

/// Appends a field that no table remembers; `name` in lower case.
void hpack_append_literal(std::string& block, std::string_view name, std::string_view value);

}  // namespace podrun::pod
