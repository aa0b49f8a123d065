// An HTTP response in one piece and byte by byte: the parser ends alike, within its bounds.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "supervisor/pod/probe_http_response.h"
#include "supervisor/pod/probe_url.h"

using podrun::pod::HttpResponseParser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  HttpResponseParser whole, bytewise;
  whole.feed(input);
  for (const char& byte : input) bytewise.feed({&byte, 1});
  whole.end();
  bytewise.end();
  const bool alike = whole.state() == bytewise.state() && whole.error() == bytewise.error() &&
                     whole.status() == bytewise.status() && whole.body() == bytewise.body() &&
                     whole.location() == bytewise.location();
  const bool bounded = whole.finished() && whole.body().size() <= HttpResponseParser::kBodyLimit;
  const bool told = (whole.state() == HttpResponseParser::State::kFailed) == !whole.error().empty();
  if (!alike || !bounded || !told) std::abort();
  const auto base = podrun::pod::probe_url("http", "127.0.0.1", 80, input);
  (void)podrun::pod::resolve_location(base, whole.location()).url.text();
  return 0;
}
