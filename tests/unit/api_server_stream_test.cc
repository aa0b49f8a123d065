// Streams and upgrades: how they begin, how they end, and what a client may leave unread.
#include <gtest/gtest.h>

#include "api_server_box.h"
#include "supervisor/api/flow.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

using api::Limits;
using api::Request;
using api::Response;
using api::StreamSink;
using api::UpgradeSink;
using std::chrono::milliseconds;

/// What the handler's side of streams saw; used on the server's thread, but for the counts.
struct Seen {
  std::vector<std::shared_ptr<StreamSink>> sinks;
  std::shared_ptr<UpgradeSink> upgrade;
  std::atomic<int> begun{0}, ended{0}, closed{0}, ticks{0};
  std::atomic<std::size_t> received{0};
};

struct CountedStream final : api::Stream {
  explicit CountedStream(Seen& all) : seen(all) {}
  ~CountedStream() override { ++seen.ended; }
  void tick() override { ++seen.ticks; }
  Seen& seen;
};

struct Echo final : api::Upgrade {
  Echo(Seen& all, std::shared_ptr<UpgradeSink> to) : seen(all), sink(std::move(to)) {}
  ~Echo() override { ++seen.ended; }
  void on_bytes(std::string_view bytes) override {
    seen.received += bytes.size();
    sink->write(bytes);
    if (bytes.ends_with("bye")) sink->close();
  }
  void on_close() override { ++seen.closed; }
  Seen& seen;
  std::shared_ptr<UpgradeSink> sink;
};

/// "/watch" streams, after "first"; "/burst" begins with 4 MiB; "/echo" upgrades; others are told.
api::Handler streaming(Seen& seen) {
  return [&seen](const Request& request) {
    Response response;
    if (request.path == "/echo") {
      response.status = 101;
      response.headers = {{"Connection", "Upgrade"}, {"Upgrade", "SPDY/3.1"}};
      response.upgrade = [&seen](std::shared_ptr<UpgradeSink> sink) {
        ++seen.begun;
        seen.upgrade = sink;
        return std::make_unique<Echo>(seen, sink);
      };
      return response;
    }
    if (request.path != "/watch" && request.path != "/burst") return tell(request);
    const bool burst = request.path == "/burst";
    if (request.has_parameter("timed")) {
      response.stream_time = std::chrono::seconds(3);
      response.stream_tick = std::chrono::seconds(1);
    }
    response.stream = [&seen, burst](std::shared_ptr<StreamSink> sink) {
      sink->write(burst ? std::string(4u << 20, 'b') : "first");
      seen.sinks.push_back(std::move(sink));
      ++seen.begun;
      return std::make_unique<CountedStream>(seen);
    };
    return response;
  };
}

bool write_to(ServerBox& box, Seen& seen, std::string_view bytes) {
  return box.on_loop([&] { return seen.sinks.back()->write(bytes); });
}

const char* const kWatch = "GET /watch HTTP/1.1\r\nHost: x\r\n\r\n";
const char* const kEcho =
    "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n";

TEST(ApiServerStream, ChunksUntilItIsClosedThenTheNextRequest) {
  Seen seen;
  ServerBox box(streaming(seen));
  RawClient client(box.path());
  client.send(kWatch);
  const std::string head = client.until("\r\n\r\n");
  EXPECT_NE(head.find("Transfer-Encoding: chunked"), std::string::npos) << head;
  EXPECT_EQ(client.until("first\r\n"), "5\r\nfirst\r\n");
  EXPECT_TRUE(write_to(box, seen, "0123456789abcdef"));
  EXPECT_EQ(client.until("f\r\n"), "10\r\n0123456789abcdef\r\n");
  // A request behind it waits for its end.
  client.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(write_to(box, seen, "x"));
  EXPECT_EQ(client.until("x\r\n"), "1\r\nx\r\n");
  box.on_loop([&] { seen.sinks.back()->close(); });
  EXPECT_EQ(client.until("0\r\n\r\n"), "0\r\n\r\n");
  EXPECT_TRUE(client.answer().body.starts_with("GET /next"));
  EXPECT_EQ(seen.ended, 1);
  EXPECT_FALSE(write_to(box, seen, "late"));
  EXPECT_TRUE(client.get("/more").body.starts_with("GET /more"));
}

TEST(ApiServerStream, HasItsTimeAndTicks) {
  Seen seen;
  ServerBox box(streaming(seen));
  RawClient client(box.path());
  client.send("GET /watch?timed HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.until("0\r\n\r\n").substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_EQ(seen.ended, 1);
  EXPECT_GE(seen.ticks, 1);
  EXPECT_TRUE(client.get("/more").body.starts_with("GET /more")) << "the connection goes on";
}

TEST(ApiServerStream, EndsWhenTheClientLeaves) {
  const LeakScope scope{"no such marker", {}, 0};
  const Leaks before = Leaks::take(scope);
  {
    Seen seen;
    ServerBox box(streaming(seen));
    {
      RawClient client(box.path());
      client.send(kWatch);
      client.until("first");
      EXPECT_EQ(seen.ended, 0);
    }
    // Nothing is written: the end alone is noticed.
    EXPECT_TRUE(poll_until([&] { return seen.ended == 1; }));
    EXPECT_FALSE(write_to(box, seen, "x"));
    EXPECT_EQ(box.connections(), 0u);
    box.on_loop([&] { seen.sinks.clear(); });
  }
  EXPECT_EQ(leaked_since(before, scope), "");
}

TEST(ApiServerStream, AReaderThatFallsBehindIsCutOff) {
  Seen seen;
  Limits limits;
  limits.stream_queue_bytes = 1u << 20;
  ServerBox box(streaming(seen), limits);
  RawClient slow(box.path()), quick(box.path());
  slow.send(kWatch);
  slow.until("first");
  const std::string piece(10'000, 'p');
  bool alive = true;
  std::size_t written = 0;
  while (alive && written < (64u << 20)) {
    alive = write_to(box, seen, piece);
    written += piece.size();
  }
  EXPECT_FALSE(alive);
  EXPECT_GT(written, 1u << 20);
  EXPECT_LT(written, 8u << 20);  // the limit and what the kernel holds
  EXPECT_TRUE(poll_until([&] { return seen.ended == 1; }));
  EXPECT_EQ(box.cut_off, 1);
  EXPECT_EQ(quick.get("/").status, 200);
}

TEST(ApiServerStream, WhatAllLeaveUnreadIsBounded) {
  Seen seen;
  Limits limits;
  limits.all_streams_bytes = 2u << 20;
  limits.stream_share_bytes = 256u << 10;
  ServerBox box(streaming(seen), limits);
  RawClient first(box.path()), second(box.path()), third(box.path()), fourth(box.path());
  for (RawClient* slow : {&first, &second, &third, &fourth}) {
    slow->send(kWatch);
    slow->until("first");
  }
  const std::string piece(10'000, 'p');
  std::size_t most = 0;
  bool alive = true;
  for (int round = 0; alive && round < 2000; ++round) {
    box.on_loop([&] {
      std::size_t unread = 0;
      alive = false;
      for (const auto& sink : seen.sinks) {
        alive = sink->write(piece) || alive;
        unread += dynamic_cast<api::Flow&>(*sink).queued();
      }
      most = std::max(most, unread);
    });
  }
  EXPECT_FALSE(alive);
  EXPECT_GT(most, limits.all_streams_bytes / 2);
  EXPECT_LT(most, limits.all_streams_bytes + 4 * limits.stream_share_bytes);
  EXPECT_TRUE(poll_until([&] { return seen.ended == 4; }));
  EXPECT_EQ(box.cut_off, 4);
  // What they left is not counted any more.
  RawClient next(box.path());
  next.send(kWatch);
  next.until("first");
  EXPECT_TRUE(write_to(box, seen, std::string(1u << 20, 'p')));
}

TEST(ApiServerStream, WhatAStreamBeginsWithIsNotHeldAgainstIt) {
  Seen seen;
  Limits limits;
  limits.stream_queue_bytes = 1u << 20;
  ServerBox box(streaming(seen), limits);
  RawClient client(box.path());
  client.send("GET /burst HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(poll_until([&] { return seen.begun == 1; }));
  EXPECT_TRUE(write_to(box, seen, "then"));
  client.until("\r\n\r\n");
  EXPECT_EQ(client.until("\r\n"), "400000\r\n");
  EXPECT_EQ(client.exactly(4u << 20).size(), 4u << 20);
  EXPECT_EQ(client.until("then"), "\r\n4\r\nthen");
}

TEST(ApiServerStream, AStalledReaderIsCutOff) {
  Seen seen;
  Limits limits;
  limits.stall_timeout = milliseconds(100);
  ServerBox box(streaming(seen), limits);
  RawClient stalled(box.path()), reading(box.path());
  reading.send(kWatch);
  reading.until("first");
  stalled.send("GET /burst HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(poll_until([&] { return seen.ended == 1; }));
  // One whose queue is empty has nothing to read, and stays.
  EXPECT_EQ(box.connections(), 1u);
  box.on_loop([&] { seen.sinks.front()->write(std::string(100'000, 'x')); });
  reading.until("x\r\n");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(poll_until([&] { return box.connections() == 0; }, milliseconds(300)));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(300));
}

TEST(ApiServerStream, AWriterCanWaitForTheReader) {
  Seen seen;
  Limits limits;
  limits.stream_queue_bytes = 1u << 20;
  std::function<void()> go_on;
  std::size_t left = 16u << 20;
  ServerBox box(
      [&](const Request&) {
        Response response;
        response.stream = [&](std::shared_ptr<StreamSink> sink) {
          go_on = [&, sink] {
            auto* flow = dynamic_cast<api::Flow*>(sink.get());
            while (left > 0 && flow->queued() < (256u << 10)) {
              ASSERT_TRUE(sink->write(std::string(64u << 10, 'w')));
              left -= 64u << 10;
            }
            if (left > 0) return flow->when_drained(go_on);
            sink->close();
          };
          go_on();
          return std::make_unique<CountedStream>(seen);
        };
        return response;
      },
      limits);
  RawClient client(box.path());
  client.send(kWatch);
  EXPECT_GT(client.until("\r\n0\r\n\r\n").size(), 16u << 20);
  EXPECT_TRUE(poll_until([&] { return seen.ended == 1; }));
  box.on_loop([&] { go_on = nullptr; });
}

TEST(ApiServerStream, OldClientsGetItPlain) {
  Seen seen;
  ServerBox box(streaming(seen));
  RawClient client(box.path());
  client.send("GET /watch HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n").find("chunked"), std::string::npos);
  EXPECT_EQ(client.until("first"), "first");
  box.on_loop([&] { seen.sinks.back()->close(); });
  EXPECT_TRUE(client.ended());
}

TEST(ApiServerStream, HeadOfAStreamIsItsHead) {
  Seen seen;
  ServerBox box(streaming(seen));
  RawClient client(box.path());
  client.send("HEAD /watch HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(client.until("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  EXPECT_EQ(client.get("/").status, 200);
  EXPECT_EQ(seen.begun, 0);
}

TEST(ApiServerStream, StopEndsIt) {
  Seen seen;
  Limits limits;
  limits.linger_timeout = milliseconds(50);  // the clients do not close their side
  ServerBox box(streaming(seen), limits);
  RawClient watcher(box.path()), echo(box.path());
  watcher.send(kWatch);
  watcher.until("first\r\n");
  echo.send(kEcho);
  echo.until("\r\n\r\n");
  EXPECT_TRUE(poll_until([&] { return seen.begun == 2; }));
  std::atomic<bool> stopped{false};
  box.on_loop([&] { box.server().stop(std::chrono::seconds(30), [&] { stopped = true; }); });
  EXPECT_EQ(watcher.until("0\r\n\r\n"), "0\r\n\r\n");
  EXPECT_TRUE(watcher.ended());
  EXPECT_TRUE(echo.ended());
  EXPECT_EQ(seen.ended, 2);
  EXPECT_EQ(seen.closed, 1);
  EXPECT_TRUE(poll_until([&] { return stopped.load(); }));
}

TEST(ApiServerStream, TheServersEndIsItsEnd) {
  Seen seen;
  {
    ServerBox box(streaming(seen));
    RawClient watcher(box.path());
    watcher.send(kWatch);
    watcher.until("first");
    EXPECT_TRUE(poll_until([&] { return seen.begun == 1; }));
  }
  EXPECT_EQ(seen.ended, 1);
  EXPECT_FALSE(seen.sinks.back()->write("x"));
}

TEST(ApiServerUpgrade, BytesGoBothWays) {
  Seen seen;
  ServerBox box(streaming(seen));
  RawClient client(box.path());
  client.send(std::string(kEcho) + "early");
  const std::string head = client.until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n")) << head;
  EXPECT_NE(head.find("Upgrade: SPDY/3.1\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-"), std::string::npos);
  EXPECT_EQ(client.exactly(5), "early");
  const std::string bytes("\0\r\n\r\nGET / HTTP/1.1", 18);
  client.send(bytes);
  EXPECT_EQ(client.exactly(bytes.size()), bytes);
  client.send("bye");
  EXPECT_EQ(client.exactly(3), "bye");
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(poll_until([&] { return seen.ended == 1; }));
  EXPECT_EQ(seen.closed, 1);
}

TEST(ApiServerUpgrade, EndsWhenTheClientLeaves) {
  Seen seen;
  ServerBox box(streaming(seen));
  {
    RawClient client(box.path());
    client.send(kEcho);
    client.until("\r\n\r\n");
  }
  EXPECT_TRUE(poll_until([&] { return seen.ended == 1; }));
  EXPECT_EQ(seen.closed, 1);
  EXPECT_FALSE(box.on_loop([&] { return seen.upgrade->write("x"); }));
}

TEST(ApiServerUpgrade, InputCanBeHeldBack) {
  Seen seen;
  ServerBox box(streaming(seen));
  RawClient client(box.path());
  client.send(kEcho);
  client.until("\r\n\r\n");
  auto pause = [&](bool paused) {
    box.on_loop([&] { dynamic_cast<api::Flow*>(seen.upgrade.get())->pause_input(paused); });
  };
  EXPECT_TRUE(poll_until([&] { return seen.begun == 1; }));
  pause(true);
  std::thread sender([&] { client.send(std::string(4u << 20, 's')); });
  EXPECT_FALSE(poll_until([&] { return seen.received > 0; }, milliseconds(100)));
  pause(false);
  EXPECT_EQ(client.exactly(4u << 20).size(), 4u << 20);
  sender.join();
}

TEST(ApiServerUpgrade, AReaderThatFallsBehindIsCutOff) {
  Seen seen;
  Limits limits;
  limits.stream_queue_bytes = 1u << 20;
  ServerBox box(streaming(seen), limits);
  RawClient client(box.path());
  client.send(kEcho);
  client.until("\r\n\r\n");
  EXPECT_TRUE(poll_until([&] { return seen.begun == 1; }));
  const std::string piece(100'000, 'p');
  int pieces = 0;
  while (pieces < 1000 && box.on_loop([&] { return seen.upgrade->write(piece); })) ++pieces;
  EXPECT_LT(pieces, 100);
  EXPECT_TRUE(poll_until([&] { return seen.ended == 1; }));
}

}  // namespace
}  // namespace podrun::test
