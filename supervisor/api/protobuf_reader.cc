#include "supervisor/api/protobuf_reader.h"

#include "supervisor/api/api_error.h"

namespace podrun::api::protobuf {
namespace {

[[noreturn]] void fail(const char* why) {
  throw bad_request(std::string("the body cannot be decoded as protobuf: ") + why);
}

}  // namespace

std::uint64_t Reader::varint() {
  constexpr unsigned kBitsOfByte = 7;
  constexpr unsigned kLastShift = 63;
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift <= kLastShift; shift += kBitsOfByte) {
    if (rest_.empty()) fail("unexpected EOF");
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == kLastShift && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80U) return value;
  }
  fail("integer overflow");
}

std::string_view Reader::take(std::uint64_t size) {
  if (size > rest_.size()) fail("unexpected EOF");
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::optional<WireField> Reader::next() {
  if (rest_.empty()) return std::nullopt;
  constexpr std::uint64_t kLargestNumber = (1U << 29U) - 1;
  const std::uint64_t tag = varint();
  WireField field{tag >> 3U, static_cast<WireType>(tag & 7U)};
  if (field.number == 0 || field.number > kLargestNumber) fail("illegal tag");
  switch (field.type) {
    case WireType::kVarint:
      field.varint = varint();
      return field;
    case WireType::kBytes:
      field.bytes = take(varint());
      return field;
    case WireType::kFixed64:
      take(8);
      return field;
    case WireType::kFixed32:
      take(4);
      return field;
  }
  fail("illegal wireType");  // groups, which Kubernetes has none of
}

}  // namespace podrun::api::protobuf
