#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "supervisor/client/answer_parser.h"
#include "supervisor/client/api.h"
#include "supervisor/client/connection.h"
#include "supervisor/client/websocket_frames.h"

namespace podrun::client {
namespace {

constexpr const char* kChunked =
    "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nWarning: 299 - \"x \\\"y\\\"\"\r\n"
    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";

TEST(AnswerParser, TakesBytesInAnyPieces) {
  const std::string text = kChunked;
  for (std::size_t size = 1; size <= text.size(); ++size) {
    AnswerParser parser;
    for (std::size_t at = 0; at < text.size(); at += size) parser.feed(text.substr(at, size));
    ASSERT_TRUE(parser.is_done()) << size;
    EXPECT_EQ(parser.take_body(), "abcde") << size;
    EXPECT_EQ(parser.head().status, 200);
    EXPECT_EQ(parser.head().headers.at("content-type"), "a/b");
    EXPECT_EQ(parser.head().warnings, std::vector<std::string>{"x \"y\""});
  }
}

TEST(AnswerParser, KeepsWhatFollowsAnUpgrade) {
  AnswerParser parser;
  parser.feed("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nrest");
  EXPECT_TRUE(parser.has_head());
  EXPECT_EQ(parser.take_leftover(), "rest");
}

TEST(AnswerParser, TellsWhatIsBroken) {
  AnswerParser parser;
  EXPECT_THROW(parser.feed("SSH-2.0\r\n\r\n"), Error);
  AnswerParser cut;
  cut.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_THROW(cut.end(), Error);
  AnswerParser nothing;
  EXPECT_THROW(nothing.end(), Error);
}

TEST(Request, EscapesItsTarget) {
  const Call call{.path = "/api/v1/pods", .query = {{"labelSelector", "a in (b,c),d=é&"}}};
  EXPECT_EQ(target_text(call), "/api/v1/pods?labelSelector=a%20in%20%28b%2Cc%29%2Cd%3D%C3%A9%26");
  EXPECT_EQ(target_text({.path = "/x?a=b%20c", .is_escaped = true}), "/x?a=b%20c");
  EXPECT_NE(request_text({.method = "POST", .path = "/x", .body = "{}"})
                .find("\r\nContent-Length: 2\r\n\r\n{}"),
            std::string::npos);
}

TEST(Refused, ReadsAsKubectlsErrors) {
  const Json status{
      {"kind", "Status"}, {"reason", "NotFound"}, {"message", "pods \"x\" not found"}};
  EXPECT_STREQ(Refused(404, status).what(), "Error from server (NotFound): pods \"x\" not found");
  EXPECT_STREQ(Refused(404, status).during("error when deleting \"f\"").what(),
               "Error from server (NotFound): error when deleting \"f\": pods \"x\" not found");
  const Json invalid{
      {"kind", "Status"},
      {"reason", "Invalid"},
      {"message", "Pod \"X\" is invalid: name"},
      {"details",
       {{"kind", "Pod"}, {"name", "X"}, {"causes", {{{"field", "name"}, {"message", "bad"}}}}}}};
  EXPECT_STREQ(Refused(422, invalid).during("x").what(), "The Pod \"X\" is invalid: name: bad");
  EXPECT_EQ(Refused(422, invalid).during("x").among_others(),
            "Error from server (Invalid): x: Pod \"X\" is invalid: name");
  Json several = invalid;
  several["details"]["causes"].push_back({{"field", "spec"}, {"message", "worse"}});
  several["details"]["causes"].push_back({{"field", "spec"}, {"message", "worse"}});
  EXPECT_STREQ(Refused(422, several).what(),
               "The Pod \"X\" is invalid: \n* name: bad\n* spec: worse");
  EXPECT_STREQ(Refused(500, {{"message", "oops"}}).what(), "Error from server: oops");
}

/// Listens at a path and answers nobody.
Fd silent_listener(const std::string& path) {
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ::unlink(path.c_str());
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(::listen(fd.get(), 4), 0);
  return fd;
}

TEST(Api, GivesUpOnOneRequest) {
  const std::string path = testing::TempDir() + "silent." + std::to_string(::getpid());
  const Fd listener = silent_listener(path);
  Api api(path, nullptr);
  api.set_request_timeout(std::chrono::milliseconds(10));
  try {
    api.get("/api");
    FAIL() << "there is no answer";
  } catch (const RequestTimedOut& late) {
    EXPECT_STREQ(late.what(),
                 "Unable to connect to the server: context deadline exceeded (Client.Timeout "
                 "exceeded while awaiting headers)");
  }
  EXPECT_STREQ(RequestTimedOut(true).what(), "error: context deadline exceeded");
  EXPECT_THROW(api.open({.path = "/api"}, SystemClock().now()), TimedOut);
  ::unlink(path.c_str());
}

TEST(Frames, AreMasked) {
  const Mask mask{1, 2, 3, 4};
  const std::string frame = masked_frame(FrameKind::kBinary, "ab", mask);
  EXPECT_EQ(frame, std::string("\x82\x82\x01\x02\x03\x04\x60\x60", 8));
  EXPECT_EQ(masked_frame(FrameKind::kBinary, std::string(126, 'x'), mask).substr(0, 4),
            std::string("\x82\xfe\x00\x7e", 4));
  EXPECT_EQ(masked_frame(FrameKind::kBinary, std::string(65536, 'x'), mask).size(), 65536u + 14);
}

TEST(Frames, AreReadInAnyPieces) {
  // A message in two fragments with a ping between them, and one of 300 bytes.
  std::string bytes(
      "\x02\x01"
      "a"
      "\x89\x01p"
      "\x80\x01"
      "b",
      9);
  bytes += std::string("\x82\x7e\x01\x2c", 4) + std::string(300, 'z');
  FrameReader reader;
  std::vector<std::pair<FrameKind, std::string>> messages;
  for (const char c : bytes) {
    reader.feed({&c, 1});
    while (auto message = reader.next()) messages.emplace_back(message->kind, message->payload);
  }
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[0], std::make_pair(FrameKind::kPing, std::string("p")));
  EXPECT_EQ(messages[1], std::make_pair(FrameKind::kBinary, std::string("ab")));
  EXPECT_EQ(messages[2].second.size(), 300u);
}

TEST(Frames, RefusesWhatServersDoNotSend) {
  for (const std::string& bytes :
       {std::string("\x82\x80", 2), std::string("\xf2\x00", 2), std::string("\x80\x01x", 3),
        std::string("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10)}) {
    FrameReader reader;
    reader.feed(bytes);
    EXPECT_THROW(reader.next(), Error);
  }
}

}  // namespace
}  // namespace podrun::client
