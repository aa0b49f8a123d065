// Requests and answers as bytes: targets, the parser, the output queue.
#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/api/server/answer.h"
#include "supervisor/api/server/output_queue.h"
#include "supervisor/api/server/peer.h"
#include "supervisor/api/server/request_parser.h"
#include "supervisor/api/server/target.h"

namespace podrun::api {
namespace {

using State = RequestParser::State;
using Query = std::vector<std::pair<std::string, std::string>>;

/// Feeds all bytes, in pieces of `step`; returns the parser at its end.
RequestParser parse(const std::string& bytes, std::size_t step, const Limits& limits = {}) {
  RequestParser parser(limits);
  std::string pending;
  std::size_t given = 0;
  const auto over = [&] {
    return parser.state() == State::kDone || parser.state() == State::kFailed;
  };
  while (!over()) {
    const std::size_t taken = parser.feed(pending);
    pending.erase(0, taken);
    if (taken > 0 || parser.state() == State::kHead) continue;
    if (given == bytes.size()) break;
    pending.append(bytes, given, step);
    given = std::min(bytes.size(), given + step);
  }
  return parser;
}

TEST(ApiServerTarget, IsDecoded) {
  const Target target =
      parse_target("/api//v1/a%2Fb%20c?labelSelector=app%3Dkubia%2Cx+y&watch&=&&a=1=2");
  EXPECT_EQ(target.path, "/api//v1/a/b c");
  EXPECT_EQ(target.query,
            (Query{{"labelSelector", "app=kubia,x y"}, {"watch", ""}, {"", ""}, {"a", "1=2"}}));
  EXPECT_EQ(parse_target("http://localhost:1/x?y=z").path, "/x");
  EXPECT_EQ(parse_target("https://localhost").path, "/");
  EXPECT_EQ(parse_target("http://localhost?a=b").query, (Query{{"a", "b"}}));
  EXPECT_EQ(parse_target("*").path, "*");
  EXPECT_EQ(parse_target("/+").path, "/+");
}

TEST(ApiServerTarget, BrokenOnesAreRefused) {
  for (const char* broken :
       {"/%", "/%4", "/%zz", "/?a=%G0", "/?a;b", "/%ff", "/?x=%c3", "x", "", "ftp://x/", "h:1"})
    EXPECT_THROW(parse_target(broken), BadInput) << broken;
}

TEST(ApiServerParser, TakesARequestInPiecesOfAnySize) {
  const std::string bytes =
      "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nx-two: 2\r\n"
      "Transfer-Encoding: chunked\r\n\r\n"
      "5;ext=1\r\nhello\r\n3\r\n wo\r\n0\r\nTrailer: t\r\n\r\nGET";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    RequestParser parser = parse(bytes, step);
    ASSERT_EQ(parser.state(), State::kDone) << step << " " << parser.failure().message;
    const Request request = parser.take_request();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/a");
    EXPECT_EQ(request.body, "hello wo");
    EXPECT_EQ(request.header("x-two"), "1, 2");
    EXPECT_FALSE(request.headers.contains("trailer"));
    EXPECT_TRUE(parser.keep_alive());
  }
}

TEST(ApiServerParser, ALastChunkMayComeInPieces) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& [chunks, body] :
       {std::pair{"0\r\n\r\n", ""}, std::pair{"000\r\nTrailer: t\r\n\r\n", ""},
        std::pair{"06\r\n0\r\n\r\n0\r\n0\r\n\r\n", "0\r\n\r\n0"}}) {
    const std::string bytes = head + chunks;
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
      RequestParser parser = parse(bytes, step);
      ASSERT_EQ(parser.state(), State::kDone) << step << " " << chunks;
      EXPECT_EQ(parser.take_request().body, body);
    }
  }
}

TEST(ApiServerParser, AQuotedStringEndsInItsChunksLine) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& [line, state] :
       {std::pair{R"(1;a="b")", State::kDone}, std::pair{R"(1;a="\"\\";b="")", State::kDone},
        std::pair{R"(1;a=")", State::kFailed}, std::pair{R"(1;a="\")", State::kFailed},
        std::pair{R"(1;a="\)", State::kFailed}, std::pair{"1;a=\"\n\"", State::kFailed}})
    for (const char* rest : {"\r\nx\r\n0\r\n\r\n", "\r\nx\r\n0;a=\"\r\n\r\n\""}) {
      const std::string bytes = head + line + rest;
      const State wanted = std::string_view(rest).ends_with('"') ? State::kFailed : state;
      for (std::size_t step = 1; step <= bytes.size(); ++step)
        EXPECT_EQ(parse(bytes, step).state(), wanted) << step << " " << line << rest;
    }
}

TEST(ApiServerParser, TheHeadIsToldOnceAndBeforeTheBody) {
  RequestParser parser{Limits{}};
  const std::string head =
      "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_EQ(parser.feed(head + "ab"), head.size());
  EXPECT_EQ(parser.state(), State::kHead);
  EXPECT_TRUE(parser.expects_continue());
  EXPECT_EQ(parser.feed("abGET"), 2u);
  EXPECT_EQ(parser.state(), State::kDone);
  EXPECT_EQ(parser.take_request().body, "ab");
}

TEST(ApiServerParser, VersionsAndConnections) {
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n", 99).keep_alive());
  EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 99).keep_alive());
  EXPECT_FALSE(parse("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 99).keep_alive());
  const RequestParser head = parse("\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\n\r\n", 3);
  EXPECT_TRUE(head.is_head());
  EXPECT_EQ(head.request().method, "GET");
}

TEST(ApiServerParser, WhatIsNotHttpFails) {
  const std::string host = " HTTP/1.1\r\nHost: x\r\n";
  const struct {
    std::string bytes;
    int status;
  } cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\n\r\n", 505},
      {"nonsense\r\n\r\n", 400},
      {"GET /%zz" + host + "\r\n", 400},
      {"GET /" + host + "Bad Header: x\r\n\r\n", 400},
      {"POST /" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"POST /" + host + "Content-Length: -1\r\n\r\n", 400},
      {"POST /" + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST /" + host + "Transfer-Encoding: gzip\r\n\r\n", 400},
      {"POST /" + host + "Transfer-Encoding: chunked, gzip\r\n\r\n", 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST /" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST /" + host + "Expect: rain\r\n\r\n", 417},
      {"POST /" + host + "Content-Length: 101\r\n\r\n", 413},
      {"POST /" + host + "Transfer-Encoding: chunked\r\n\r\n65\r\n", 413},
      {"POST /" + host + "Transfer-Encoding: chunked\r\n\r\n40\r\n" + std::string(64, 'x') +
           "\r\n40\r\n",
       413},
      {"POST /" + host + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(600, 'x'), 400},
      {"POST /" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(600, 'x') +
           "\r\n\r\n",
       400},
      {"GET /" + host + "A: " + std::string(600, 'x'), 431},
      {"GET /" + host + "A: " + std::string(600, 'x') + "\r\n\r\n", 431},
  };
  Limits limits;
  limits.header_bytes = 512;
  limits.body_bytes = 100;
  for (const auto& [bytes, status] : cases)
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
      const RequestParser parser = parse(bytes, step, limits);
      ASSERT_EQ(parser.state(), State::kFailed) << bytes;
      EXPECT_EQ(parser.failure().status, status) << bytes << parser.failure().message;
    }
}

TEST(ApiServerParser, ALimitIsNotUndercut) {
  Limits limits;
  limits.body_bytes = 100;
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x');
  EXPECT_EQ(parse(bytes, 9, limits).state(), State::kDone);
  EXPECT_EQ(parse(bytes.substr(0, bytes.size() - 1), 9, limits).state(), State::kMore);
}

TEST(ApiServerQueue, GathersSmallPiecesAndKeepsOrder) {
  OutputQueue queue;
  EXPECT_TRUE(queue.front().empty());
  queue.add("ab");
  queue.add("cd");
  EXPECT_EQ(queue.front(), "abcd");
  queue.consume(1);
  queue.add("e");
  EXPECT_EQ(queue.front(), "bcde");
  queue.take(std::string(40'000, 'x'));
  EXPECT_EQ(queue.front(), "bcde");
  EXPECT_EQ(queue.size(), 40'004u);
  queue.consume(4);
  EXPECT_EQ(queue.front().size(), 40'000u);
  queue.consume(40'000);
  EXPECT_TRUE(queue.empty());
}

TEST(ApiServerAnswer, HeadersCannotBeInjected) {
  Response response;
  response.headers = {{"Warning", "299 - \"a\r\nSet-Cookie: b\""}};
  const std::string head = answer_head(response, {}, 0);
  EXPECT_NE(head.find("Warning: 299 - \"a  Set-Cookie: b\"\r\n"), std::string::npos) << head;
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(head.find("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"), std::string::npos) << head;
}

TEST(ApiServerPeer, RootAndTheOwnUserAreLetIn) {
  ASSERT_TRUE(user_of_uid(0, 1000));
  EXPECT_EQ(user_of_uid(0, 1000)->name, "system:admin");
  EXPECT_EQ(user_of_uid(1000, 1000)->groups, std::vector<std::string>{"system:masters"});
  EXPECT_FALSE(user_of_uid(1001, 1000));
}

}  // namespace
}  // namespace podrun::api
