// A client of port-forward that opens, uses and ends streams in any order, through a WebSocket or
// not. Each three bytes are a step: what, on which stream, and how.
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "supervisor/daemon/forward_spdy.h"
#include "supervisor/daemon/websocket_tunnel.h"
#include "tests/support/poll_reactor.h"
#include "tests/support/spdy_client.h"
#include "tests/support/websocket_client.h"

namespace podrun::daemon {
namespace {

using test::big_endian;
using test::frame;

class Sink final : public api::UpgradeSink {
 public:
  bool write(std::string_view) override { return true; }
  void close() override { closed = true; }
  bool closed = false;
};

/// Nothing can be reached: the socket's family is another.
Fd unconnectable(int) { return Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

std::string step(test::SpdyClient& client, std::uint8_t what, std::uint32_t id, std::uint8_t how) {
  const std::string request = std::to_string(how % 4), port = std::to_string(how / 8);
  switch (what % 6) {
    case 0:
    case 1:
      return client.open_stream(
          id, test::spdy_headers({{"streamtype", what % 6 == 0 ? "error" : "data"},
                                  {"port", port},
                                  {how % 5 == 0 ? "x" : "requestid", request}}));
    case 2:
      return frame(id, how % 2, std::string(how, 'x'));
    case 3:
      return frame(0x80030003, 0, big_endian(id) + big_endian(5));
    case 4:
      return frame(0x80030006, 0, big_endian(id));
    default:
      return std::string(1, static_cast<char>(how));
  }
}

}  // namespace
}  // namespace podrun::daemon

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podrun;
  if (size == 0) return 0;
  const bool tunnelled = data[0] % 2 != 0;
  test::PollReactor reactor;
  test::SpdyClient client;
  const auto sink = std::make_shared<daemon::Sink>();
  const auto begin = [&](std::shared_ptr<api::UpgradeSink> end) {
    return daemon::forward_over_spdy(std::move(end), {"uid", daemon::unconnectable}, reactor);
  };
  const auto forwards = tunnelled ? daemon::tunnel_over_websocket(sink, begin) : begin(sink);
  for (std::size_t at = 1; at + 3 <= size && !sink->closed; at += 3) {
    const std::string bytes = daemon::step(client, data[at], data[at + 1], data[at + 2]);
    forwards->on_bytes(tunnelled ? test::client_frame(0x82, bytes) : bytes);
    if (data[at] >= 128) reactor.run_once(std::chrono::milliseconds(0));
  }
  forwards->on_close();
  return 0;
}
