#include "supervisor/pod/probe_hpack.h"

#include <array>
#include <iterator>

namespace podrun::pod {

namespace {

// RFC 7541, appendix A.
constexpr struct {
  const char* name;
  const char* value;
} kStaticTable[] = {
    {":authority", ""},
    {":method", "GET"},
    {":method", "POST"},
    {":path", "/"},
    {":path", "/index.html"},
    {":scheme", "http"},
    {":scheme", "https"},
    {":status", "200"},
    {":status", "204"},
    {":status", "206"},
    {":status", "304"},
    {":status", "400"},
    {":status", "404"},
    {":status", "500"},
    {"accept-charset", ""},
    {"accept-encoding", "gzip, deflate"},
    {"accept-language", ""},
    {"accept-ranges", ""},
    {"accept", ""},
    {"access-control-allow-origin", ""},
    {"age", ""},
    {"allow", ""},
    {"authorization", ""},
    {"cache-control", ""},
    {"content-disposition", ""},
    {"content-encoding", ""},
    {"content-language", ""},
    {"content-length", ""},
    {"content-location", ""},
    {"content-range", ""},
    {"content-type", ""},
    {"cookie", ""},
    {"date", ""},
    {"etag", ""},
    {"expect", ""},
    {"expires", ""},
    {"from", ""},
    {"host", ""},
    {"if-match", ""},
    {"if-modified-since", ""},
    {"if-none-match", ""},
    {"if-range", ""},
    {"if-unmodified-since", ""},
    {"last-modified", ""},
    {"link", ""},
    {"location", ""},
    {"max-forwards", ""},
    {"proxy-authenticate", ""},
    {"proxy-authorization", ""},
    {"range", ""},
    {"referer", ""},
    {"refresh", ""},
    {"retry-after", ""},
    {"server", ""},
    {"set-cookie", ""},
    {"strict-transport-security", ""},
    {"transfer-encoding", ""},
    {"user-agent", ""},
    {"vary", ""},
    {"via", ""},
    {"www-authenticate", ""},
};
constexpr std::uint64_t kStaticEntries = std::size(kStaticTable);
static_assert(kStaticEntries == 61);

// RFC 7541, appendix B: the length of each byte's code. The codes follow: the code is canonical.
constexpr std::array<std::uint8_t, 256> kCodeLength = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6,  10, 10, 12, 13, 6,  8,  11, 10, 10, 8,  11, 8,  6,  6,  6,
    5,  5,  5,  6,  6,  6,  6,  6,  6,  6,  7,  8,  15, 6,  12, 10, 13, 6,  7,  7,  7,  7,  7,  7,
    7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  8,  7,  8,  13, 19, 13, 14, 6,
    15, 5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,  6,  7,  6,  5,  5,  6,  7,  7,
    7,  7,  7,  15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21,
    23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24,
    21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26};
constexpr int kLongestCode = 30;

/// A canonical code: bytes sorted by code, and per length where its codes begin.
struct HuffmanCode {
  std::array<std::uint8_t, 256> bytes{};
  std::array<std::uint32_t, kLongestCode + 1> first_code{};
  std::array<std::uint16_t, kLongestCode + 1> first_index{}, count{};
};

constexpr HuffmanCode make_code() {
  HuffmanCode code;
  std::uint32_t next = 0;
  std::uint16_t index = 0;
  for (int length = 1; length <= kLongestCode; ++length) {
    next <<= 1;
    const auto at = static_cast<std::size_t>(length);
    code.first_code[at] = next;
    code.first_index[at] = index;
    for (std::size_t byte = 0; byte < kCodeLength.size(); ++byte) {
      if (kCodeLength[byte] != length) continue;
      code.bytes[index++] = static_cast<std::uint8_t>(byte);
      ++code.count[at];
      ++next;
    }
  }
  return code;
}
constexpr HuffmanCode kHuffman = make_code();

/// RFC 7541, 5.1.
std::optional<std::uint64_t> take_integer(std::string_view& block, int prefix_bits) {
  if (block.empty()) return {};
  const std::uint64_t mask = (1u << prefix_bits) - 1;
  std::uint64_t value = static_cast<unsigned char>(block.front()) & mask;
  block.remove_prefix(1);
  if (value < mask) return value;
  for (int shift = 0; shift <= 28; shift += 7) {
    if (block.empty()) return {};
    const auto byte = static_cast<unsigned char>(block.front());
    block.remove_prefix(1);
    value += static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return {};
}

/// RFC 7541, 5.2.
std::optional<std::string> take_string(std::string_view& block) {
  if (block.empty()) return {};
  const bool huffman = (static_cast<unsigned char>(block.front()) & 0x80) != 0;
  const auto length = take_integer(block, 7);
  if (!length || *length > block.size()) return {};
  const std::string_view bytes = block.substr(0, *length);
  block.remove_prefix(*length);
  return huffman ? hpack_huffman_decode(bytes) : std::string(bytes);
}

void append_string(std::string& block, std::string_view text) {
  std::size_t rest = text.size();
  if (rest < 127) {
    block += static_cast<char>(rest);
  } else {
    block += static_cast<char>(127);
    for (rest -= 127; rest >= 128; rest /= 128) block += static_cast<char>(128 + rest % 128);
    block += static_cast<char>(rest);
  }
  block += text;
}

std::size_t entry_size(const HpackField& field) {
  return field.name.size() + field.value.size() + 32;  // RFC 7541, 4.1
}

}  // namespace

const std::string* hpack_find(const std::vector<HpackField>& fields, std::string_view name) {
  for (const HpackField& field : fields)
    if (field.name == name) return &field.value;
  return nullptr;
}

std::optional<std::string> hpack_huffman_decode(std::string_view bytes) {
  std::string text;
  std::uint32_t code = 0;
  std::size_t length = 0;
  for (const char byte : bytes) {
    for (int bit = 7; bit >= 0; --bit) {
      code = code << 1 | (static_cast<unsigned char>(byte) >> bit & 1u);
      if (++length > kLongestCode) return {};
      const std::uint32_t offset = code - kHuffman.first_code[length];
      if (code < kHuffman.first_code[length] || offset >= kHuffman.count[length]) continue;
      text += static_cast<char>(kHuffman.bytes[kHuffman.first_index[length] + offset]);
      code = 0;
      length = 0;
    }
  }
  // What is left is padding: up to seven bits of the end's code, which is all ones.
  if (length > 7 || code != (1u << length) - 1) return {};
  return text;
}

void hpack_append_literal(std::string& block, std::string_view name, std::string_view value) {
  block += '\0';
  append_string(block, name);
  append_string(block, value);
}

std::optional<HpackField> HpackDecoder::indexed(std::uint64_t index) const {
  if (index == 0) return {};
  if (index <= kStaticEntries)
    return HpackField{kStaticTable[index - 1].name, kStaticTable[index - 1].value};
  if (index - kStaticEntries > table_.size()) return {};
  return table_[index - kStaticEntries - 1];
}

void HpackDecoder::shrink_to(std::size_t size) {
  while (size_ > size) {
    size_ -= entry_size(table_.back());
    table_.pop_back();
  }
}

void HpackDecoder::insert(const HpackField& field) {
  const std::size_t size = entry_size(field);
  if (size > limit_) return shrink_to(0);
  shrink_to(limit_ - size);
  table_.push_front(field);
  size_ += size;
}

bool HpackDecoder::literal(std::string_view& block, int prefix_bits, HpackField& field) const {
  const auto index = take_integer(block, prefix_bits);
  if (!index) return false;
  if (*index != 0) {
    auto named = indexed(*index);
    if (!named) return false;
    field.name = std::move(named->name);
  } else {
    auto name = take_string(block);
    if (!name) return false;
    field.name = std::move(*name);
  }
  auto value = take_string(block);
  if (!value) return false;
  field.value = std::move(*value);
  return true;
}

std::optional<std::vector<HpackField>> HpackDecoder::decode(std::string_view block) {
  std::vector<HpackField> fields;
  std::size_t total = 0;
  while (!block.empty()) {
    const auto first = static_cast<unsigned char>(block.front());
    HpackField field;
    if ((first & 0x80) != 0) {
      const auto index = take_integer(block, 7);
      auto known = index ? indexed(*index) : std::nullopt;
      if (!known) return {};
      field = std::move(*known);
    } else if ((first & 0xe0) == 0x20) {
      const auto size = take_integer(block, 5);
      if (!size || *size > kTableLimit) return {};
      limit_ = static_cast<std::size_t>(*size);
      shrink_to(limit_);
      continue;
    } else {
      const bool remembered = (first & 0x40) != 0;
      if (!literal(block, remembered ? 6 : 4, field)) return {};
      if (remembered) insert(field);
    }
    total += entry_size(field);
    if (total > kBlockLimit) return {};
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace podrun::pod
