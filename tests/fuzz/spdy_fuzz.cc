// A client's SPDY bytes in one piece and byte by byte: the same frames within the limit, the same
// end.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "supervisor/api/server/spdy.h"

using podrun::api::SpdyDecoder;

namespace {

constexpr std::size_t kLimit = 4096;

std::string decode(std::string_view input, std::size_t step) {
  SpdyDecoder decoder(kLimit);
  std::string seen;
  for (; !input.empty(); input.remove_prefix(std::min(step, input.size()))) {
    decoder.feed(input.substr(0, step));
    while (const auto frame = decoder.next()) {
      if (frame->payload.size() > kLimit) std::abort();
      seen += std::to_string(frame->id) + (frame->final ? "." : ",") + frame->payload;
      for (const auto& [name, value] : frame->headers) seen += name + "=" + value + ";";
    }
  }
  return seen + (decoder.failed() ? "failed" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (decode(input, size + 1) != decode(input, 1)) std::abort();
  return 0;
}
