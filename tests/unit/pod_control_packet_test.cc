// Orders on the control socket, and packets with descriptors.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

#include "base/files.h"
#include "supervisor/pod/control_packet.h"
#include "supervisor/pod/packet_io.h"

namespace podrun::pod {
namespace {

using Kind = ControlRequest::Kind;

TEST(ControlPacket, Orders) {
  EXPECT_EQ(parse_order("terminate"), (ControlRequest{Kind::kTerminate, std::nullopt}));
  EXPECT_EQ(parse_order("terminate 30"), (ControlRequest{Kind::kTerminate, Seconds(30)}));
  EXPECT_EQ(parse_order("terminate 0"), (ControlRequest{Kind::kTerminate, Seconds(0)}));
  EXPECT_EQ(parse_order("kill"), (ControlRequest{Kind::kKill, std::nullopt}));
  EXPECT_EQ(parse_order("refresh"), (ControlRequest{Kind::kRefresh, std::nullopt}));
  for (const char* bad : {"", "killer", "terminate ", "terminate -1", "terminate 3x", "terminated",
                          "terminate 99999999999999999999"}) {
    EXPECT_EQ(parse_order(bad), std::nullopt) << bad;
  }
  // Nanoseconds do not overflow.
  EXPECT_LT(parse_order("terminate 9223372036854775807")->grace, Seconds(400L * 24 * 3600));
}

TEST(ControlPacket, ExecGoesThereAndBack) {
  const auto order = parse_exec(exec_packet({"main", {"sh", "-c", "echo \"ä\""}, true}));
  ASSERT_TRUE(order.has_value());
  EXPECT_EQ(order->container, "main");
  EXPECT_EQ(order->command, (std::vector<std::string>{"sh", "-c", "echo \"ä\""}));
  EXPECT_TRUE(order->tty);
  const auto words = [](std::initializer_list<std::string> list) {
    std::string text;
    for (const std::string& word : list) text += (text.empty() ? "" : std::string(1, '\0')) + word;
    return text;
  };
  EXPECT_TRUE(parse_exec(words({"exec", "pipes", "main", "true"})).has_value());
  for (const std::string& bad :
       {words({"exec", "tty", "main"}), words({"exec", "other", "main", "true"}),
        words({"run", "tty", "main", "true"}), std::string("exec"), std::string()}) {
    EXPECT_FALSE(parse_exec(bad).has_value()) << bad;
  }
  const auto empty = parse_exec(exec_packet({"main", {"echo", "", ""}, false}));
  ASSERT_TRUE(empty.has_value());
  EXPECT_EQ(empty->command, (std::vector<std::string>{"echo", "", ""}));
}

TEST(ControlPacket, AttachGoesThereAndBack) {
  for (const bool input : {false, true}) {
    const auto order = parse_attach(attach_packet({"main", input}));
    ASSERT_TRUE(order.has_value());
    EXPECT_EQ(order->container, "main");
    EXPECT_EQ(order->input, input);
  }
  for (const std::string& bad : {std::string("attach"), std::string("attach\0input", 12),
                                 std::string("attach\0both\0main", 16), std::string()}) {
    EXPECT_FALSE(parse_attach(bad).has_value()) << bad;
  }
  EXPECT_FALSE(parse_exec(attach_packet({"main", true})).has_value());
}

class PacketIo : public ::testing::Test {
 protected:
  PacketIo() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
              0);
    here_ = Fd(ends[0]);
    there_ = Fd(ends[1]);
  }
  Fd here_, there_;
};

TEST_F(PacketIo, DescriptorsComeAlong) {
  const Pipe pipe = make_pipe();
  ASSERT_TRUE(send_packet(here_.get(), "take", {pipe.write.get()}));
  ASSERT_TRUE(send_packet(here_.get(), "plain", {}));
  Packet packet;
  ASSERT_EQ(receive_packet(there_.get(), packet), Received::kPacket);
  EXPECT_EQ(packet.text, "take");
  ASSERT_EQ(packet.fds.size(), 1U);
  write_all(packet.fds[0].get(), "x", "the pipe");
  char byte = 0;
  EXPECT_EQ(::read(pipe.read.get(), &byte, 1), 1);
  Packet plain;
  ASSERT_EQ(receive_packet(there_.get(), plain), Received::kPacket);
  EXPECT_TRUE(plain.fds.empty());
  EXPECT_EQ(receive_packet(there_.get(), plain), Received::kNothing);
}

TEST_F(PacketIo, WhatWasSentArrivesThoughTheSenderIsGone) {
  ASSERT_TRUE(send_packet(here_.get(), "kill", {}));
  here_.reset();
  Packet packet;
  EXPECT_EQ(receive_packet(there_.get(), packet), Received::kPacket);
  EXPECT_EQ(packet.text, "kill");
  EXPECT_EQ(receive_packet(there_.get(), packet), Received::kEnd);
}

TEST_F(PacketIo, OversizedPacketIsTheEnd) {
  const int size = 1 << 20;
  ::setsockopt(here_.get(), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  const std::string large(kMaxPacket + 1, 'x');
  if (!send_packet(here_.get(), large, {})) GTEST_SKIP() << "the socket takes no such packet";
  Packet packet;
  EXPECT_EQ(receive_packet(there_.get(), packet), Received::kEnd);
}

}  // namespace
}  // namespace podrun::pod
