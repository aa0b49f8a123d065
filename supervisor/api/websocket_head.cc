#include "supervisor/api/websocket_head.h"

namespace podrun::api {

std::string websocket_head(Opcode opcode, std::size_t size, bool masked) {
  constexpr std::size_t kShort = 125, kTwoBytes = 126, kEightBytes = 127;
  constexpr unsigned kFinal = 0x80, kMasked = 0x80;
  std::string head(1, static_cast<char>(kFinal | static_cast<unsigned>(opcode)));
  const std::size_t digits = size <= kShort ? 0 : size <= 0xffff ? 2 : 8;
  const std::size_t told = digits == 0 ? size : digits == 2 ? kTwoBytes : kEightBytes;
  head += static_cast<char>((masked ? kMasked : 0) | told);
  for (std::size_t i = digits; i > 0; --i) head += static_cast<char>(size >> (8 * (i - 1)) & 0xff);
  return head;
}

}  // namespace podrun::api
