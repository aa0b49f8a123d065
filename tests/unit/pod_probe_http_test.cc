#include <gtest/gtest.h>
#include <sys/wait.h>

#include <atomic>

#include "base/files.h"
#include "own_network.h"
#include "scripted_server.h"
#include "supervisor/pod/net_probe.h"
#include "supervisor/pod/probe_http.h"

namespace podrun::pod {
namespace {

using test::answers;
[[maybe_unused]] const auto* const kNetwork =
    testing::AddGlobalTestEnvironment(new test::OwnNetwork);

using test::Peer;
using test::ScriptedServer;

NetProbeRequest request_to(const ScriptedServer& server, const std::string& path = "/") {
  NetProbeRequest request;
  request.address = server.address();
  request.port = server.port();
  request.path = path;
  request.timeout = Seconds(20);
  return request;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

struct Row {
  const char* name;
  std::string response;
  NetProbeResult::Kind kind;
  std::string message;  // HERE stands for the server's address and port
};

const std::string kBroken =
    "Get \"http://HERE/\": net/http: HTTP/1.x transport connection broken: ";

std::vector<Row> rows() {
  const auto ok = NetProbeResult::kSuccess;
  const auto failure = NetProbeResult::kFailure;
  const auto error = NetProbeResult::kError;
  const auto warning = NetProbeResult::kWarning;
  const std::string redirects = "Probe terminated redirects, Response body: ";
  return {
      {"ok", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", ok, ""},
      {"no length", "HTTP/1.1 200 OK\r\n\r\nhi", ok, ""},
      {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", ok, ""},
      {"no reason", "HTTP/1.1 200\r\n\r\n", ok, ""},
      {"no code", "HTTP/1.1\r\n\r\n", failure, kBroken + "malformed HTTP response \"HTTP/1.1\""},
      {"empty reason", "HTTP/1.1 204 \r\n\r\n", ok, ""},
      {"1.0", "HTTP/1.0 200 OK\r\n\r\nhi", ok, ""},
      {"299", "HTTP/1.1 299 x\r\n\r\n", ok, ""},
      {"300", "HTTP/1.1 300 x\r\n\r\nchoose", warning, redirects + "choose"},
      {"302 without location", "HTTP/1.1 302 x\r\n\r\nb", warning, redirects + "b"},
      {"304", "HTTP/1.1 304 x\r\n\r\n", warning, redirects},
      {"399", "HTTP/1.1 399 x\r\n\r\n", warning, redirects},
      {"400", "HTTP/1.1 400 x\r\n\r\n", failure, "HTTP probe failed with statuscode: 400"},
      {"500", "HTTP/1.1 500 x\r\nContent-Length: 3\r\n\r\nbad", failure,
       "HTTP probe failed with statuscode: 500"},
      {"100 then 200", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", ok, ""},
      {"101", "HTTP/1.1 101 Switching Protocols\r\n\r\n", failure,
       "HTTP probe failed with statuscode: 101"},
      {"nothing", "", failure, "Get \"http://HERE/\": EOF"},
      {"half a head", "HTTP/1.1 200 OK\r\nA: b\r\n", failure, kBroken + "unexpected EOF"},
      {"not http", "hello\r\n", failure, kBroken + "malformed HTTP response \"hello\""},
      {"tls alert", std::string("\x15\x03\x01\x00\x02\x02\x50", 7), failure,
       kBroken + "malformed HTTP response \"\\x15\\x03\\x01\\x00\\x02\\x02P\""},
      {"bad code", "HTTP/1.1 2000 OK\r\n\r\n", failure,
       kBroken + "malformed HTTP status code \"2000\""},
      {"bad version", "HTPP/1.1 200 OK\r\n\r\n", failure,
       kBroken + "malformed HTTP version \"HTPP/1.1\""},
      {"no colon", "HTTP/1.1 200 OK\r\nfoo\r\n\r\n", failure,
       kBroken + "malformed MIME header: missing colon: \"foo\""},
      {"fold", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n", ok, ""},
      {"initial blank", "HTTP/1.1 200 OK\r\n A: b\r\n\r\n", failure,
       kBroken + "malformed MIME header initial line:  A: b"},
      {"short body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi", error, "unexpected EOF"},
      {"short body of a failure", "HTTP/1.1 500 x\r\nContent-Length: 10\r\n\r\nhi", error,
       "unexpected EOF"},
      {"bad length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", failure,
       kBroken + "bad Content-Length \"-1\""},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", failure,
       kBroken + "http: message cannot contain multiple Content-Length headers; got [\"1\" \"2\"]"},
      {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", ok,
       ""},
      {"chunked, cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi", error,
       "unexpected EOF"},
      {"chunked, junk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", error,
       "invalid byte in chunk length"},
      {"chunked, no end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhiXX", error,
       "malformed chunked encoding"},
      {"chunked, trailer cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", error,
       "http: unexpected EOF reading trailer"},
      {"gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", failure,
       kBroken + "unsupported transfer encoding: \"gzip\""},
      {"location to another host", "HTTP/1.1 302 x\r\nLocation: http://else.where/\r\n\r\nbye",
       warning, redirects + "bye"},
      {"bad location", "HTTP/1.1 302 x\r\nLocation: /%zz\r\n\r\n", failure,
       "Get \"http://HERE/\": failed to parse Location header \"/%zz\": parse \"/%zz\": invalid "
       "URL "
       "escape \"%zz\""},
      {"other scheme", "HTTP/1.1 302 x\r\nLocation: ftp://127.0.0.1/x\r\n\r\n", failure,
       "Get \"ftp://127.0.0.1/x\": unsupported protocol scheme \"ftp\""},
      {"mail", "HTTP/1.1 302 x\r\nLocation: mailto:a@b\r\n\r\nm", warning, redirects + "m"},
  };
}

TEST(HttpProbe, AnswersBecomeResults) {
  for (const Row& row : rows()) {
    ScriptedServer server({answers(row.response)});
    const NetProbeResult result = make_net_probe(request_to(server));
    EXPECT_EQ(result.kind, row.kind) << row.name << ": " << result.message;
    EXPECT_EQ(result.message, replaced(row.message, "HERE", server.authority())) << row.name;
  }
}

TEST(HttpProbe, AnswersByteByByteAreTheSame) {
  for (const Row& row : rows()) {
    ScriptedServer server({[&](Peer& peer) {
      peer.read_until("\r\n\r\n");
      for (const char c : row.response)
        if (!peer.send({&c, 1})) return;
    }});
    const NetProbeResult result = make_net_probe(request_to(server));
    EXPECT_EQ(result.kind, row.kind) << row.name << ": " << result.message;
    EXPECT_EQ(result.message, replaced(row.message, "HERE", server.authority())) << row.name;
  }
}

TEST(HttpProbe, SendsWhatKubeletSends) {
  std::string seen;
  ScriptedServer server({[&](Peer& peer) {
    seen = peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
  }});
  EXPECT_EQ(make_net_probe(request_to(server, "/a b?x=1#frag")).kind, NetProbeResult::kSuccess);
  EXPECT_EQ(seen,
            "GET /a%20b?x=1 HTTP/1.1\r\nHost: " + server.authority() +
                "\r\nUser-Agent: kube-probe/1.31\r\nAccept: */*\r\nConnection: close\r\n\r\n");
}

TEST(HttpProbe, HeadersOfTheManifestOverride) {
  const ProbeUrl url = probe_url("HTTP", "10.0.0.1", 80, "health");
  EXPECT_EQ(url.text(), "http://10.0.0.1:80/health");
  EXPECT_EQ(
      http_request_text(url, "h", {{"user-agent", "mine"}, {"x-a", " b\n"}, {"X-A", "c"}}, ""),
      "GET /health HTTP/1.1\r\nHost: h\r\nUser-Agent: mine\r\nAccept: */*\r\nX-A: b\r\nX-A: "
      "c\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(http_request_text(url, "h", {{"User-Agent", ""}, {"Accept", ""}}, ""),
            "GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(http_request_text(url, "h", {{"Accept", "text/plain"}, {"Content-Length", "3"}}, "r"),
            "GET /health HTTP/1.1\r\nHost: h\r\nUser-Agent: kube-probe/1.31\r\nAccept: "
            "text/plain\r\nReferer: r\r\nConnection: close\r\n\r\n");
}

TEST(HttpProbe, HostHeaderOfTheManifestIsSent) {
  std::string seen;
  ScriptedServer server({[&](Peer& peer) {
    seen = peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
  }});
  NetProbeRequest request = request_to(server);
  request.headers = {{"host", "example.com"}};
  EXPECT_EQ(make_net_probe(request).kind, NetProbeResult::kSuccess);
  EXPECT_NE(seen.find("\r\nHost: example.com\r\n"), std::string::npos) << seen;
}

TEST(HttpProbe, AHeaderThatCannotBeSentIsAFailure) {
  NetProbeRequest request;
  request.port = 1;
  request.headers = {{"x-a", std::string("a\0b", 3)}};
  EXPECT_EQ(make_net_probe(request).message,
            "Get \"http://127.0.0.1:1/\": net/http: invalid header field value for \"X-A\"");
}

TEST(HttpProbe, RefusedConnection) {
  int port = 0;
  ScriptedServer::listen_on_loopback(false, port);  // and closed again
  NetProbeRequest request;
  request.port = port;
  const std::string at = "127.0.0.1:" + std::to_string(port);
  const NetProbeResult expected{NetProbeResult::kFailure, "Get \"http://" + at + "/\": dial tcp " +
                                                              at + ": connect: connection refused"};
  EXPECT_EQ(make_net_probe(request), expected);
}

TEST(HttpProbe, NameThatWasNotResolved) {
  NetProbeRequest request;
  request.address = "no.such.host";
  request.port = 80;
  EXPECT_EQ(make_net_probe(request).message,
            "Get \"http://no.such.host:80/\": dial tcp: lookup no.such.host: no such host");
}

TEST(HttpProbe, TheHostOfTheUrlNeedNotBeTheAddress) {
  std::string seen;
  ScriptedServer server({[&](Peer& peer) {
    seen = peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 302 x\r\nLocation: http://name.local:9/\r\n\r\n");
  }});
  NetProbeRequest request = request_to(server);
  request.host = "name.local";
  EXPECT_EQ(make_net_probe(request).message,
            "Get \"http://name.local:9/\": dial tcp 127.0.0.1:9: connect: connection refused");
  EXPECT_NE(seen.find("Host: name.local:" + std::to_string(server.port())), std::string::npos);
}

TEST(HttpProbe, ServerThatNeverAnswers) {
  ScriptedServer server({[](Peer& peer) { peer.wait_for_end(); }});
  NetProbeRequest request = request_to(server);
  request.timeout = std::chrono::milliseconds(50);
  const NetProbeResult result = make_net_probe(request);
  EXPECT_EQ(result.kind, NetProbeResult::kFailure);
  EXPECT_EQ(result.message, "Get \"http://" + server.authority() +
                                "/\": context deadline exceeded (Client.Timeout exceeded while "
                                "awaiting headers)");
  EXPECT_EQ(result.message, timeout_message(request));
}

TEST(HttpProbe, SlowLoris) {
  ScriptedServer server({[](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\n");
    pollfd end{peer.fd(), POLLRDHUP, 0};
    while (::poll(&end, 1, 5) == 0 && peer.send("X-A: b\r\n")) {
    }
  }});
  NetProbeRequest request = request_to(server);
  request.timeout = std::chrono::milliseconds(60);
  const NetProbeResult result = make_net_probe(request);
  EXPECT_EQ(result.kind, NetProbeResult::kFailure);
  EXPECT_EQ(result.message, timeout_message(request));
}

TEST(HttpProbe, BodyThatStalls) {
  ScriptedServer server({[](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi");
    peer.wait_for_end();
  }});
  NetProbeRequest request = request_to(server);
  request.timeout = std::chrono::milliseconds(60);
  const NetProbeResult expected{
      NetProbeResult::kError,
      "context deadline exceeded (Client.Timeout or context cancellation while reading body)"};
  EXPECT_EQ(make_net_probe(request), expected);
}

TEST(HttpProbe, ResetByThePeer) {
  ScriptedServer server({[](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.reset();
  }});
  const std::string message = make_net_probe(request_to(server)).message;
  const std::string start = "Get \"http://" + server.authority() + "/\": read tcp 127.0.0.1:";
  const std::string end = "->" + server.authority() + ": read: connection reset by peer";
  EXPECT_TRUE(message.starts_with(start)) << message;
  EXPECT_TRUE(message.ends_with(end)) << message;
  EXPECT_FALSE(message.starts_with(start + "0->")) << message;
}

TEST(HttpProbe, GiantBodyIsReadToTenKibibytesOnly) {
  std::atomic<bool> closed = false;
  ScriptedServer server({[&](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    const std::string block(65536, 'x');
    while (peer.send(block)) {
    }
    closed = true;
  }});
  EXPECT_EQ(make_net_probe(request_to(server)).kind, NetProbeResult::kSuccess);
}

TEST(HttpProbe, EndlessHeadersAreCut) {
  for (const std::string& block : {std::string(65536, 'x'), std::string("a: b\r\n")}) {
    ScriptedServer server({[&](Peer& peer) {
      peer.read_until("\r\n\r\n");
      peer.send("HTTP/1.1 200 OK\r\n");
      std::string many;
      while (many.size() < 65536) many += block;
      while (peer.send(many)) {
      }
    }});
    EXPECT_EQ(make_net_probe(request_to(server)).message,
              "Get \"http://" + server.authority() +
                  "/\": net/http: HTTP/1.x transport connection broken: net/http: server response "
                  "headers exceeded 10485760 bytes; aborted");
  }
}

TEST(HttpProbe, RedirectsOnTheSameHostAreFollowed) {
  std::string second;
  ScriptedServer server(
      {answers("HTTP/1.1 302 x\r\nLocation: ../b?c\r\nContent-Length: 5\r\n\r\n"), [&](Peer& peer) {
         second = peer.read_until("\r\n\r\n");
         peer.send("HTTP/1.1 200 OK\r\n\r\n");
       }});
  NetProbeRequest request = request_to(server, "/x/y/a");
  request.headers = {{"Host", "custom"}, {"X-A", "b"}};
  EXPECT_EQ(make_net_probe(request).kind, NetProbeResult::kSuccess);
  EXPECT_EQ(second,
            "GET /x/b?c HTTP/1.1\r\nHost: custom\r\nUser-Agent: kube-probe/1.31\r\nAccept: "
            "*/*\r\nReferer: http://" +
                server.authority() + "/x/y/a\r\nX-A: b\r\nConnection: close\r\n\r\n");
}

TEST(HttpProbe, RedirectToAnotherPortOfTheHostIsFollowed) {
  ScriptedServer target({answers("HTTP/1.1 503 x\r\n\r\n")});
  ScriptedServer server(
      {answers("HTTP/1.1 301 x\r\nLocation: http://" + target.authority() + "/\r\n\r\n")});
  EXPECT_EQ(make_net_probe(request_to(server)).message, "HTTP probe failed with statuscode: 503");
}

TEST(HttpProbe, StopsAfterTenRedirects) {
  std::vector<ScriptedServer::Script> loop(10, answers("HTTP/1.1 302 x\r\nLocation: /on\r\n\r\n"));
  ScriptedServer server(loop);
  const NetProbeResult expected{NetProbeResult::kFailure,
                                "Get \"/on\": stopped after 10 redirects"};
  EXPECT_EQ(make_net_probe(request_to(server)), expected);
}

TEST(HttpProbe, NineRedirectsAreFollowed) {
  std::vector<ScriptedServer::Script> chain(9, answers("HTTP/1.1 307 x\r\nLocation: /on\r\n\r\n"));
  chain.push_back(answers("HTTP/1.1 200 x\r\n\r\n"));
  ScriptedServer server(chain);
  EXPECT_EQ(make_net_probe(request_to(server)).kind, NetProbeResult::kSuccess);
}

TEST(HttpProbe, RedirectToTlsIsHandedOn) {
  ScriptedServer server({answers("HTTP/1.1 302 x\r\nLocation: https://127.0.0.1:8443/s\r\n\r\n")});
  const NetProbeResult result = make_net_probe(request_to(server));
  ASSERT_EQ(result.kind, NetProbeResult::kContinueOverTls);
  const auto rest = decode_request(result.message);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->scheme, "https");
  EXPECT_EQ(rest->port, 8443);
  EXPECT_EQ(rest->path, "/s");
  EXPECT_EQ(rest->redirects, 1);
  EXPECT_EQ(rest->referer, "http://" + server.authority() + "/");
  EXPECT_TRUE(needs_tls(*rest));
}

TEST(HttpProbe, Ipv6) {
  try {
    ScriptedServer server({answers("HTTP/1.1 500 x\r\n\r\n"),
                           [](Peer& peer) {
                             peer.read_until("\r\n\r\n");
                             peer.reset();
                           }},
                          true);
    EXPECT_EQ(make_net_probe(request_to(server)).message, "HTTP probe failed with statuscode: 500");
    const std::string message = make_net_probe(request_to(server)).message;
    EXPECT_TRUE(message.starts_with("Get \"http://" + server.authority() + "/\": read tcp [::1]:"))
        << message;
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "no IPv6 loopback here";
  }
}

TEST(HttpProbe, RecordsOfJunkStayWithinTheirLimit) {
  ScriptedServer server({answers(std::string(60000, '\x01') + "\n"),
                         answers("HTTP/1.1 302 x\r\n\r\n" + std::string(60000, 'x'))});
  for (int i = 0; i < 2; ++i) {
    const std::string record = encode(make_net_probe(request_to(server)));
    EXPECT_LE(record.size(), kNetProbeRecordLimit);
    EXPECT_GT(record.size(), 10000u);
  }
}

TEST(HttpProbe, TheChildWritesOneRecordAndEnds) {
  ScriptedServer server({answers("HTTP/1.1 500 x\r\n\r\n")});
  const std::string argument = encode(request_to(server));
  Pipe pipe = make_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe.write.get(), 1);
    run_net_probe(argument.data(), argument.size());
  }
  pipe.write.reset();
  EXPECT_EQ(decode_result(read_all(pipe.read.get())),
            (NetProbeResult{NetProbeResult::kFailure, "HTTP probe failed with statuscode: 500"}));
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(TcpProbe, OpenRefusedAndUnresolved) {
  NetProbeRequest request;
  request.kind = NetProbeKind::kTcp;
  {
    ScriptedServer server({[](Peer& peer) { peer.wait_for_end(); }});
    request.port = server.port();
    EXPECT_EQ(make_net_probe(request), (NetProbeResult{NetProbeResult::kSuccess, ""}));
  }
  const std::string at = "127.0.0.1:" + std::to_string(request.port);
  EXPECT_EQ(make_net_probe(request),
            (NetProbeResult{NetProbeResult::kFailure,
                            "dial tcp " + at + ": connect: connection refused"}));
  EXPECT_EQ(timeout_message(request), "dial tcp " + at + ": i/o timeout");
  request.address = "10.0.0.300";
  EXPECT_EQ(make_net_probe(request).message, "dial tcp: lookup 10.0.0.300: no such host");
}

TEST(TcpProbe, TimesOutWhereNobodyAccepts) {
  int port = 0;
  const Fd listener = ScriptedServer::listen_on_loopback(false, port);
  ASSERT_EQ(::listen(listener.get(), 0), 0);
  NetProbeRequest request;
  request.kind = NetProbeKind::kTcp;
  request.port = port;
  request.timeout = std::chrono::milliseconds(30);
  // The backlog takes one or two; then SYNs are dropped.
  std::vector<Fd> waiting;
  NetProbeResult result;
  for (int i = 0; i < 8; ++i) {
    Dialled dialled = dial_tcp("127.0.0.1", port, Deadline::after(request.timeout));
    if (dialled.timed_out) break;
    waiting.push_back(std::move(dialled.socket));
  }
  result = make_net_probe(request);
  EXPECT_EQ(result.kind, NetProbeResult::kFailure);
  EXPECT_EQ(result.message, timeout_message(request));
}

TEST(NetProbe, RequestsAndResultsSurviveTheWire) {
  NetProbeRequest request;
  request.kind = NetProbeKind::kGrpc;
  request.address = "::1";
  request.port = 65535;
  request.timeout = std::chrono::milliseconds(1500);
  request.path = "/a:b 12:";
  request.headers = {{"a", ""}, {"", "1:x"}};
  request.service = "some.Service";
  const std::string bytes = encode(request);
  EXPECT_EQ(decode_request(bytes), request);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    EXPECT_FALSE(decode_request(std::string_view(bytes).substr(0, i)));
  EXPECT_FALSE(decode_request(bytes + "x"));
  const NetProbeResult result{NetProbeResult::kFailure, "some\ntext"};
  const std::string record = encode(result);
  EXPECT_EQ(decode_result(record), result);
  EXPECT_FALSE(decode_result(std::string_view(record).substr(0, record.size() - 1)));
  EXPECT_FALSE(decode_result(""));
}

}  // namespace
}  // namespace podrun::pod
