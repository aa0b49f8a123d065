// Port-forward: pairs of SPDY streams and connections, and clients that break the rules.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "supervisor/api/flow.h"
#include "supervisor/api/server/websocket.h"
#include "supervisor/daemon/forward_spdy.h"
#include "supervisor/daemon/websocket_tunnel.h"
#include "tests/support/poll_reactor.h"
#include "tests/support/spdy_client.h"
#include "tests/support/websocket_client.h"

namespace podrun::daemon {
namespace {

using test::big_endian;
using test::frame;

/// Keeps what is sent; `queue` is what the client has not taken.
class FakeClient final : public api::UpgradeSink, public api::Flow {
 public:
  bool write(std::string_view bytes) override {
    sent += bytes;
    return true;
  }
  void close() override { closed = true; }
  std::size_t queued() const override { return queue; }
  void when_drained(std::function<void()> again) override { drained = std::move(again); }
  void pause_input(bool wanted) override { paused = wanted; }

  std::string sent;
  std::size_t queue = 0;
  bool closed = false, paused = false;
  std::function<void()> drained;
};

/// Data frames that the server sent, by stream; "|" is the end of one.
std::map<std::uint32_t, std::string> data_in(const std::string& sent) {
  std::map<std::uint32_t, std::string> streams;
  const auto number = [&](std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = value << 8U | static_cast<unsigned char>(sent[at + i]);
    }
    return value;
  };
  for (std::size_t at = 0; at + 8 <= sent.size();) {
    const std::size_t size = number(at + 5, 3);
    const std::uint32_t first = number(at, 4);
    if ((first & 0x80000000U) == 0) {
      streams[first] += sent.substr(at + 8, size) + (sent[at + 4] != 0 ? "|" : "");
    }
    at += 8 + size;
  }
  return streams;
}

class Forwarding : public testing::Test {
 protected:
  Forwarding() {
    listener_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), raw, size) != 0 || ::listen(listener_.get(), 100) != 0 ||
        ::getsockname(listener_.get(), raw, &size) != 0) {
      throw_errno("listen");
    }
    port_ = std::to_string(ntohs(address.sin_port));
    forwards_ = forward_over_spdy(sink_, target(), reactor_);
  }

  static ForwardTarget target() {
    return {"u-1", [](int family) {
              Fd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
              if (!fd) throw_errno("make a socket");
              return fd;
            }};
  }
  std::string stream(std::uint32_t id, const std::string& type, const std::string& port,
                     const std::string& request) {
    return client_.open_stream(
        id, test::spdy_headers({{"streamtype", type}, {"port", port}, {"requestid", request}}));
  }
  std::string pair(std::uint32_t id, const std::string& port, const std::string& request) {
    const std::string error = stream(id, "error", port, request);
    return error + stream(id + 2, "data", port, request);
  }
  Fd accepted() { return Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)); }
  bool until(const std::function<bool()>& condition) { return reactor_.run_until(condition); }
  /// Feeds it; whether the client was thrown out.
  bool throws_out(const std::string& bytes) {
    forwards_->on_bytes(bytes);
    return sink_->closed;
  }

  test::PollReactor reactor_;
  test::SpdyClient client_;
  std::shared_ptr<FakeClient> sink_ = std::make_shared<FakeClient>();
  Fd listener_;
  std::string port_;
  std::unique_ptr<api::Upgrade> forwards_;
};

TEST_F(Forwarding, BothWaysUntilThePodEnds) {
  forwards_->on_bytes(pair(1, port_, "0") + frame(3, 0, "hello") + frame(3, 1, ""));
  const Fd pod = accepted();
  std::string got;
  ASSERT_TRUE(until([&] {
    char buffer[100];
    const ssize_t count = ::recv(pod.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (count > 0) got.append(buffer, static_cast<std::size_t>(count));
    return count == 0;
  }));
  EXPECT_EQ(got, "hello");
  ASSERT_EQ(::write(pod.get(), "welcome", 7), 7);
  ::shutdown(pod.get(), SHUT_WR);
  ASSERT_TRUE(until([&] { return data_in(sink_->sent)[1] == "|"; }));
  EXPECT_EQ(data_in(sink_->sent)[3], "welcome|");
  EXPECT_FALSE(sink_->closed);
  // The next one, with the same name of the request.
  reactor_.run_once(std::chrono::milliseconds(1));
  forwards_->on_bytes(pair(5, port_, "0"));
  EXPECT_TRUE(accepted().valid());
}

TEST_F(Forwarding, RefusalsGoToTheErrorStream) {
  const std::string nobody = port_;
  listener_.reset();
  forwards_->on_bytes(pair(1, nobody, "0"));
  ASSERT_TRUE(until([&] { return !data_in(sink_->sent)[1].empty(); }));
  EXPECT_EQ(data_in(sink_->sent)[1],
            "error forwarding port " + nobody +
                " to pod u-1, uid : failed to connect to localhost:" + nobody +
                " inside the pod's network, IPv4: dial tcp4 127.0.0.1:" + nobody +
                ": connect: connection refused IPv6 dial tcp6 [::1]:" + nobody +
                ": connect: connection refused|");
  EXPECT_EQ(data_in(sink_->sent)[3], "|");
}

TEST_F(Forwarding, AResetEndsTheConnection) {
  forwards_->on_bytes(pair(1, port_, "0"));
  const Fd pod = accepted();
  forwards_->on_bytes(frame(0x80030003, 0, big_endian(3) + big_endian(5)));
  char byte = 0;
  EXPECT_EQ(::read(pod.get(), &byte, 1), 0);
  EXPECT_EQ(data_in(sink_->sent)[1], "|");
  forwards_->on_bytes(frame(3, 0, "late"));
  EXPECT_FALSE(sink_->closed);
}

TEST_F(Forwarding, WithoutRequestIdsStreamsFollowEachOther) {
  const auto plain = [&](std::uint32_t id, const char* type) {
    return client_.open_stream(id, test::spdy_headers({{"streamtype", type}, {"port", port_}}));
  };
  std::string bytes = plain(1, "error");
  bytes += plain(3, "data");
  forwards_->on_bytes(bytes);
  EXPECT_TRUE(accepted().valid());
}

TEST_F(Forwarding, HoldsBackWhoDoesNotRead) {
  forwards_->on_bytes(pair(1, port_, "0"));
  const Fd pod = accepted();
  const std::string much(300000, 'x');
  for (int i = 0; i < 100 && !sink_->paused; ++i) forwards_->on_bytes(frame(3, 0, much));
  EXPECT_TRUE(sink_->paused);
  std::string buffer(1 << 20, '\0');
  ASSERT_TRUE(until([&] {
    while (::recv(pod.get(), buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) {
    }
    return !sink_->paused;
  }));
  // The client that does not read.
  sink_->queue = 2 << 20;
  ASSERT_EQ(::write(pod.get(), "a", 1), 1);
  ASSERT_TRUE(until([&] { return sink_->drained != nullptr; }));
  ASSERT_EQ(::write(pod.get(), "b", 1), 1);
  reactor_.run_once(std::chrono::milliseconds(20));
  EXPECT_EQ(data_in(sink_->sent)[3], "a");
  sink_->queue = 0;
  sink_->drained();
  EXPECT_TRUE(until([&] { return data_in(sink_->sent)[3] == "ab"; }));
  // A reset of one that is held back lets the others go on.
  for (int i = 0; i < 100 && !sink_->paused; ++i) forwards_->on_bytes(frame(3, 0, much));
  forwards_->on_bytes(frame(0x80030003, 0, big_endian(3) + big_endian(5)));
  EXPECT_FALSE(sink_->paused);
}

TEST_F(Forwarding, PingsAreAnswered) {
  const std::string ping = frame(0x80030006, 0, big_endian(7));
  forwards_->on_bytes(ping);
  EXPECT_EQ(sink_->sent, ping);
}

TEST_F(Forwarding, HostileClientsAreThrownOut) {
  EXPECT_TRUE(throws_out(stream(1, "data", "0", "0")));
  for (const char* port : {"", "65536", "-1", "80x", "999999999999"}) {
    sink_ = std::make_shared<FakeClient>();
    test::SpdyClient other;
    const auto all = forward_over_spdy(sink_, target(), reactor_);
    all->on_bytes(other.open_stream(
        1, test::spdy_headers({{"streamtype", "data"}, {"port", port}, {"requestid", "0"}})));
    EXPECT_TRUE(sink_->closed) << port;
  }
}

TEST_F(Forwarding, UnknownTypesAreThrownOut) {
  EXPECT_TRUE(throws_out(stream(1, "stdin", port_, "0")));
}
TEST_F(Forwarding, StreamsTwiceAreThrownOut) {
  forwards_->on_bytes(pair(1, port_, "0"));
  EXPECT_TRUE(throws_out(stream(5, "data", port_, "0")));
}
TEST_F(Forwarding, IdsThatDoNotRiseAreThrownOut) {
  forwards_->on_bytes(pair(1, port_, "0"));
  EXPECT_TRUE(throws_out(stream(3, "error", port_, "1")));
}
TEST_F(Forwarding, OtherPortsInAPairAreThrownOut) {
  forwards_->on_bytes(stream(1, "error", port_, "0"));
  EXPECT_TRUE(throws_out(stream(3, "data", "1", "0")));
}
TEST_F(Forwarding, DataBeforeAConnectionIsThrownOut) {
  forwards_->on_bytes(stream(1, "data", port_, "0"));
  EXPECT_TRUE(throws_out(frame(1, 0, "x")));
}
TEST_F(Forwarding, NoiseIsThrownOut) { EXPECT_TRUE(throws_out("GET / HTTP/1.1\r\n\r\n")); }
TEST_F(Forwarding, TooManyAreThrownOut) {
  std::uint32_t id = 1;
  for (int i = 0; i < 2000 && !sink_->closed; ++i, id += 2) {
    forwards_->on_bytes(stream(id, "error", port_, std::to_string(i)));
  }
  EXPECT_TRUE(sink_->closed);
  EXPECT_LT(id, 2100U);
}

TEST_F(Forwarding, TunnelsThroughAWebSocket) {
  const auto tunnel = tunnel_over_websocket(sink_, [&](std::shared_ptr<api::UpgradeSink> inner) {
    return forward_over_spdy(std::move(inner), target(), reactor_);
  });
  const std::string ping = frame(0x80030006, 0, big_endian(7));
  // A frame of SPDY in two messages.
  tunnel->on_bytes(test::client_frame(0x82, ping.substr(0, 5)) +
                   test::client_frame(0x82, ping.substr(5)));
  EXPECT_EQ(sink_->sent, api::websocket_frame(api::Opcode::kBinary, ping));
  sink_->sent.clear();
  tunnel->on_bytes(test::client_frame(0x89, "?"));
  EXPECT_EQ(sink_->sent, api::websocket_frame(api::Opcode::kPong, "?"));
  sink_->sent.clear();
  tunnel->on_bytes(test::client_frame(0x82, pair(1, port_, "0")));
  EXPECT_TRUE(accepted().valid());
  sink_->sent.clear();
  tunnel->on_bytes(test::client_frame(0x88, ""));
  EXPECT_EQ(sink_->sent, api::websocket_close(1000));
  EXPECT_TRUE(sink_->closed);
  tunnel->on_close();
}

TEST_F(Forwarding, NoiseInAWebSocketIsThrownOut) {
  const auto tunnel = tunnel_over_websocket(sink_, [&](std::shared_ptr<api::UpgradeSink> inner) {
    return forward_over_spdy(std::move(inner), target(), reactor_);
  });
  tunnel->on_bytes(test::client_frame(0x82, "GET / HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(sink_->closed);
  tunnel->on_bytes(std::string(100, '\xff'));
}

}  // namespace
}  // namespace podrun::daemon
