// A client's WebSocket bytes in one piece and byte by byte: the same messages within the limit, the
// same failure.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/api/server/websocket.h"

using podrun::api::WebSocketDecoder;

namespace {

constexpr std::size_t kLimit = 4096;

struct Run {
  std::vector<std::string> messages;
  std::uint16_t failure = 0;
  bool operator==(const Run&) const = default;
};

Run decode(std::string_view input, std::size_t step) {
  WebSocketDecoder decoder(kLimit);
  Run run;
  for (; !input.empty(); input.remove_prefix(std::min(step, input.size()))) {
    decoder.feed(input.substr(0, step));
    while (auto message = decoder.next()) {
      if (message->payload.size() > kLimit) std::abort();
      run.messages.push_back(std::move(message->payload));
    }
  }
  run.failure = decoder.failure();
  return run;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (decode(input, size + 1) != decode(input, 1)) std::abort();
  return 0;
}
