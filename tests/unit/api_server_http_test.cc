// Requests and answers over a unix socket: framing, limits, commits.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <nlohmann/json.hpp>

#include "api_server_box.h"
#include "supervisor/api/server/listener.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

using api::Limits;
using api::Request;
using api::Response;
using std::chrono::milliseconds;

TEST(ApiServerHttp, KeepsTheConnection) {
  const LeakScope scope{"no such marker", {}, 0};
  const Leaks before = Leaks::take(scope);
  {
    ServerBox box(tell);
    RawClient client(box.path());
    for (int i = 0; i < 3; ++i) {
      const Answer answer = client.get("/a%20b?c=d");
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(answer.body, "GET /a b?c=d user=system:admin group=system:masters body=");
    }
    EXPECT_EQ(box.connections(), 1u);
    client.close();
    EXPECT_TRUE(poll_until([&] { return box.connections() == 0; }));
  }
  EXPECT_EQ(leaked_since(before, scope), "");
}

TEST(ApiServerHttp, TheSocketIsForItsOwner) {
  ServerBox box(tell);
  struct stat status {};
  ASSERT_EQ(::lstat(box.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
}

TEST(ApiServerHttp, PipelinedRequestsAreAnsweredInOrder) {
  ServerBox box(tell);
  RawClient client(box.path());
  std::string all;
  constexpr int kMany = 200;
  for (int i = 0; i < kMany; ++i)
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok";
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < kMany; ++i) {
    const Answer answer = client.answer();
    ASSERT_EQ(answer.body.substr(0, 10), ("POST /" + std::to_string(i) + " user").substr(0, 10));
    ASSERT_TRUE(answer.body.ends_with("body=ok"));
  }
}

TEST(ApiServerHttp, ChunkedBodiesAndLargeAnswers) {
  ServerBox box([](const Request& request) { return text_response(request.body); });
  RawClient client(box.path());
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string sent;
  for (int i = 0; i < 20; ++i) {
    const std::string piece(100'000, static_cast<char>('a' + i));
    sent += piece;
    ASSERT_TRUE(client.send("186a0\r\n" + piece + "\r\n"));
  }
  client.send("0\r\n\r\n");
  EXPECT_TRUE(client.answer().body == sent);
  EXPECT_EQ(client.get("/").status, 200);
}

TEST(ApiServerHttp, ContinueIsSaidWhenItIsAwaited) {
  ServerBox box(tell);
  RawClient client(box.path());
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_TRUE(client.answer().body.ends_with("body=abc"));
}

TEST(ApiServerHttp, HeadHasNoBody) {
  ServerBox box(tell);
  RawClient client(box.path());
  client.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string head = client.until("\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 51"), std::string::npos) << head;
  EXPECT_EQ(client.get("/y").status, 200);
}

TEST(ApiServerHttp, OldAndClosingClientsAreLeft) {
  ServerBox box(tell);
  for (const char* request :
       {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"}) {
    RawClient client(box.path());
    client.send(request);
    const Answer answer = client.answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.head.find("Connection: close"), std::string::npos);
    EXPECT_TRUE(client.ended());
  }
  RawClient half(box.path());
  half.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  half.end_output();
  EXPECT_EQ(half.answer().status, 200);
  EXPECT_TRUE(half.answer().body.starts_with("GET /2"));
  EXPECT_TRUE(half.ended());
}

TEST(ApiServerHttp, WhatIsTooLargeGetsAStatus) {
  Limits limits;
  limits.body_bytes = 1000;
  ServerBox box(tell, limits);
  RawClient client(box.path());
  // The body is sent all the same: the answer is not lost in a reset.
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" +
              std::string(100'000, 'x'));
  const Answer answer = client.answer();
  EXPECT_EQ(answer.status, 413);
  const auto status = nlohmann::json::parse(answer.body);
  EXPECT_EQ(status["kind"], "Status");
  EXPECT_EQ(status["code"], 413);
  EXPECT_TRUE(client.ended());

  RawClient headers(box.path());
  headers.send("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(40'000, 'x'));
  EXPECT_EQ(headers.answer().status, 431);
  RawClient escape(box.path());
  EXPECT_EQ(escape.get("/%zz").status, 400);
}

TEST(ApiServerHttp, SlowClientsAreCutOff) {
  Limits limits;
  limits.header_timeout = limits.body_timeout = milliseconds(50);
  ServerBox box(tell, limits);
  RawClient silent(box.path());
  EXPECT_TRUE(silent.ended());
  RawClient headers(box.path());
  headers.send("GET / HTTP/1.1\r\nHost: x\r\n");
  EXPECT_TRUE(headers.ended());
  RawClient body(box.path());
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_TRUE(body.ended());
  RawClient dripping(box.path());
  EXPECT_TRUE(poll_until([&] { return !dripping.send("G"); }));
  EXPECT_TRUE(poll_until([&] { return box.connections() == 0; }));
}

TEST(ApiServerHttp, IdleClientsStayForAnotherTime) {
  Limits limits;
  limits.header_timeout = milliseconds(200);
  limits.idle_timeout = milliseconds(600);
  ServerBox box(tell, limits);
  RawClient client(box.path());
  EXPECT_EQ(client.get("/").status, 200);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(client.ended());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(500));
}

TEST(ApiServerHttp, AClientThatReadsNothingIsCutOff) {
  Limits limits;
  limits.stall_timeout = milliseconds(50);
  ServerBox box([](const Request&) { return text_response(std::string(20u << 20, 'x')); }, limits);
  RawClient client(box.path());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(poll_until([&] { return box.connections() == 0; }));
}

TEST(ApiServerHttp, ConnectionsAreCounted) {
  Limits limits;
  limits.connections = 2;
  ServerBox box(tell, limits);
  RawClient one(box.path());
  RawClient two(box.path());
  EXPECT_EQ(one.get("/").status, 200);
  EXPECT_EQ(two.get("/").status, 200);
  RawClient three(box.path());
  EXPECT_TRUE(three.ended());
  one.close();
  EXPECT_TRUE(poll_until([&] { return RawClient(box.path()).get("/").status == 200; }));
}

TEST(ApiServerHttp, AWriteIsAcknowledgedAfterTheCommit) {
  ServerBox box([](const Request& request) {
    Response response = tell(request);
    response.after_commit = request.method == "POST";
    return response;
  });
  RawClient first(box.path()), second(box.path()), reader(box.path());
  first.send("POST /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /after HTTP/1.1\r\nHost: x\r\n\r\n");
  second.send("POST /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  // A read of another client does not wait.
  EXPECT_EQ(reader.get("/").status, 200);
  char byte = 0;
  const auto nothing = [&](RawClient& client) {
    return ::recv(client.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  };
  EXPECT_TRUE(poll_until([&] { return box.commits_wanted == 1; }));
  EXPECT_TRUE(nothing(first));
  EXPECT_TRUE(nothing(second));
  EXPECT_EQ(reader.get("/").status, 200);  // both requests were read before this one
  box.on_loop([&] { box.server().on_committed(); });
  EXPECT_TRUE(first.answer().body.starts_with("POST /1"));
  EXPECT_TRUE(first.answer().body.starts_with("GET /after"));
  EXPECT_TRUE(second.answer().body.starts_with("POST /2"));
  EXPECT_EQ(box.commits_wanted, 1);

  first.send("POST /3 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(poll_until([&] { return box.commits_wanted == 2; }));
  box.on_loop([&] { box.server().on_commit_failed("the disk is full"); });
  const Answer failed = first.answer();
  EXPECT_EQ(failed.status, 500);
  EXPECT_NE(failed.body.find("the disk is full"), std::string::npos);
  EXPECT_EQ(first.get("/").status, 200);
}

TEST(ApiServerHttp, AClientThatLeavesBeforeTheCommitHarmsNobody) {
  ServerBox box([](const Request& request) {
    Response response = tell(request);
    response.after_commit = true;
    return response;
  });
  {
    RawClient client(box.path());
    client.send("POST /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(poll_until([&] { return box.commits_wanted == 1; }));
  }
  box.on_loop([&] { box.server().on_committed(); });
  EXPECT_TRUE(poll_until([&] { return box.connections() == 0; }));
}

TEST(ApiServerHttp, AHandlerThatThrowsIsAnError) {
  ServerBox box([](const Request&) -> Response { throw Error("break"); });
  RawClient client(box.path());
  EXPECT_EQ(client.get("/").status, 500);
  EXPECT_EQ(client.get("/").status, 500);
}

TEST(ApiServerHttp, ASocketIsNotTakenFromAnotherServer) {
  ServerBox box(tell);
  boost::asio::io_context io;
  {
    api::Server other(io, {});
    EXPECT_THROW(other.listen_unix(box.path()), Error);
  }
  EXPECT_EQ(RawClient(box.path()).get("/").status, 200);

  const std::string left = box.folder() / "left.sock";
  {
    Fd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, left.data(), left.size());
    ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  {
    api::Server other(io, {});
    other.listen_unix(left);
    EXPECT_EQ(::access(left.c_str(), F_OK), 0);
  }
  EXPECT_NE(::access(left.c_str(), F_OK), 0);
}

// As a server leaves it that was killed while it started a program.
TEST(ApiServerHttp, ASocketIsTakenFromADeadServersChild) {
  const TempDir folder;
  const std::string path = folder / "left.sock";
  Pipe held = make_pipe(), told = make_pipe();
  const pid_t server = ::fork();
  if (server == 0) {
    const Fd socket = api::listen_at_path(path);
    if (::fork() != 0) ::_exit(0);
    held.write.reset();
    char byte = 'x';
    ::_exit(::write(told.write.get(), &byte, 1) == 1 && ::read(held.read.get(), &byte, 1) == 0 ? 0
                                                                                               : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(server, &status, 0), server);
  char byte = 0;
  ASSERT_EQ(::read(told.read.get(), &byte, 1), 1);
  EXPECT_TRUE(api::listen_at_path(path).valid());
}

TEST(ApiServerHttp, StopsWhenAllIsAnswered) {
  ServerBox box([](const Request& request) {
    Response response = tell(request);
    response.after_commit = true;
    return response;
  });
  RawClient idle(box.path()), busy(box.path());
  busy.send("POST /1 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(poll_until([&] { return box.commits_wanted == 1 && box.connections() == 2; }));
  std::atomic<bool> stopped{false};
  box.on_loop([&] { box.server().stop(std::chrono::seconds(30), [&] { stopped = true; }); });
  EXPECT_TRUE(idle.ended());
  EXPECT_THROW(RawClient{box.path()}, Error);
  EXPECT_FALSE(stopped);
  box.on_loop([&] { box.server().on_committed(); });
  EXPECT_EQ(busy.answer().status, 200);
  EXPECT_TRUE(busy.ended());
  busy.close();
  EXPECT_TRUE(poll_until([&] { return stopped.load(); }));
}

TEST(ApiServerHttp, StopsWithinItsBound) {
  ServerBox box([](const Request& request) {
    Response response = tell(request);
    response.after_commit = true;  // and no commit comes
    return response;
  });
  RawClient busy(box.path());
  busy.send("POST /1 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(poll_until([&] { return box.commits_wanted == 1; }));
  std::atomic<bool> stopped{false};
  box.on_loop([&] { box.server().stop(milliseconds(50), [&] { stopped = true; }); });
  EXPECT_TRUE(poll_until([&] { return stopped.load(); }));
  EXPECT_TRUE(busy.ended());
}

}  // namespace
}  // namespace podrun::test
