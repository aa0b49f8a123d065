#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/wait.h>

#include <csignal>
#include <memory>

#include "base/files.h"
#include "own_network.h"
#include "scripted_server.h"
#include "supervisor/pod/net_probe.h"
#include "supervisor/pod/probe_tls.h"

namespace podrun::pod {
namespace {

[[maybe_unused]] const auto* const kNetwork =
    testing::AddGlobalTestEnvironment(new test::OwnNetwork);

using test::Peer;
using test::ScriptedServer;

/// A server's context with a key and a certificate that nobody signed.
class ServerTls {
 public:
  ServerTls() {
    std::signal(SIGPIPE, SIG_IGN);
    context_.reset(::SSL_CTX_new(::TLS_server_method()));
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
        EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), ::EVP_PKEY_free);
    std::unique_ptr<X509, void (*)(X509*)> certificate(::X509_new(), ::X509_free);
    ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate.get()), 1);
    ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), -7200);
    ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), -3600);  // expired as well
    ::X509_set_pubkey(certificate.get(), key.get());
    ::X509_sign(certificate.get(), key.get(), ::EVP_sha256());
    ::SSL_CTX_use_certificate(context_.get(), certificate.get());
    ::SSL_CTX_use_PrivateKey(context_.get(), key.get());
  }

  /// Shakes hands, reads a request, answers, closes; `sni` is what the client asked for.
  ScriptedServer::Script answers(std::string response, std::string* sni = nullptr) {
    return [this, response = std::move(response), sni](Peer& peer) {
      std::unique_ptr<SSL, void (*)(SSL*)> ssl(::SSL_new(context_.get()), ::SSL_free);
      ::SSL_set_fd(ssl.get(), peer.fd());
      if (::SSL_accept(ssl.get()) != 1) return;
      if (sni != nullptr) {
        const char* name = ::SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
        *sni = name != nullptr ? name : "";
      }
      std::string request;
      char chunk[1024];
      int n = 1;
      while (request.find("\r\n\r\n") == std::string::npos && n > 0) {
        n = ::SSL_read(ssl.get(), chunk, sizeof chunk);
        if (n > 0) request.append(chunk, static_cast<std::size_t>(n));
      }
      ::SSL_write(ssl.get(), response.data(), static_cast<int>(response.size()));
      ::shutdown(peer.fd(), SHUT_WR);  // without close_notify, as many do
      peer.wait_for_end();
    };
  }
  SSL_CTX* get() { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{nullptr, ::SSL_CTX_free};
};

NetProbeRequest request_to(const ScriptedServer& server) {
  NetProbeRequest request;
  request.address = server.address();
  request.port = server.port();
  request.scheme = "HTTPS";
  request.timeout = Seconds(20);
  return request;
}

NetProbeResult probe(const NetProbeRequest& request) {
  return make_http_probe(request, connect_with_tls, Deadline::after(request.timeout));
}

std::string failure_text(const ScriptedServer& server, const std::string& why) {
  return "Get \"https://" + server.authority() + "/\": " + why;
}

TEST(HttpsProbe, AnswersBecomeResults) {
  ServerTls tls;
  std::string sni = "untouched";
  ScriptedServer server({tls.answers("HTTP/1.1 200 OK\r\n\r\nfine", &sni),
                         tls.answers("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"),
                         tls.answers("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
                         tls.answers("")});
  const NetProbeRequest request = request_to(server);
  EXPECT_EQ(probe(request), (NetProbeResult{NetProbeResult::kSuccess, ""}));
  EXPECT_EQ(sni, "");
  EXPECT_EQ(probe(request).message, "HTTP probe failed with statuscode: 500");
  EXPECT_EQ(probe(request), (NetProbeResult{NetProbeResult::kError, "unexpected EOF"}));
  EXPECT_EQ(probe(request).message, failure_text(server, "EOF"));
}

TEST(HttpsProbe, AsksForTheHostOfTheUrl) {
  ServerTls tls;
  std::string sni;
  ScriptedServer server({tls.answers("HTTP/1.1 200 OK\r\n\r\n", &sni)});
  NetProbeRequest request = request_to(server);
  request.host = "name.local";
  EXPECT_EQ(probe(request).kind, NetProbeResult::kSuccess);
  EXPECT_EQ(sni, "name.local");
}

TEST(HttpsProbe, ServersThatSpeakNoTls) {
  const std::vector<std::pair<ScriptedServer::Script, std::string>> rows = {
      {[](Peer& peer) {
         peer.read_until("\x16");
         peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
         peer.wait_for_end();
       },
       "http: server gave HTTP response to HTTPS client"},
      {[](Peer& peer) {
         peer.read_until("\x16");
         peer.send("hello there");
         peer.wait_for_end();
       },
       "tls: first record does not look like a TLS handshake"},
      {[](Peer& peer) {
         peer.read_until("\x16");
         peer.send(std::string("\x15\x03\x03\x00\x02\x02\x28", 7));
         peer.wait_for_end();
       },
       "remote error: tls: handshake failure"},
      {[](Peer& peer) {
         peer.read_until("\x16");
         ::shutdown(peer.fd(), SHUT_WR);
         peer.wait_for_end();
       },
       "EOF"},
  };
  for (const auto& [script, why] : rows) {
    ScriptedServer server({script});
    EXPECT_EQ(probe(request_to(server)),
              (NetProbeResult{NetProbeResult::kFailure, failure_text(server, why)}));
  }
}

TEST(HttpsProbe, ResetAndSilence) {
  {
    ScriptedServer server({[](Peer& peer) {
      peer.read_until("\x16");
      peer.reset();
    }});
    const std::string message = probe(request_to(server)).message;
    EXPECT_TRUE(message.starts_with(failure_text(server, "read tcp 127.0.0.1:"))) << message;
    EXPECT_TRUE(message.ends_with(": read: connection reset by peer")) << message;
  }
  ScriptedServer server({[](Peer& peer) { peer.wait_for_end(); }});
  NetProbeRequest request = request_to(server);
  request.timeout = std::chrono::milliseconds(50);
  EXPECT_EQ(probe(request).message, timeout_message(request));
}

TEST(HttpsProbe, RedirectFromHttpToHttps) {
  ServerTls tls;
  ScriptedServer secure({tls.answers("HTTP/1.1 503 x\r\n\r\n")});
  ScriptedServer server(
      {test::answers("HTTP/1.1 302 x\r\nLocation: https://" + secure.authority() + "/\r\n\r\n")});
  NetProbeRequest request = request_to(server);
  request.scheme = "HTTP";
  const NetProbeResult handed_on = make_net_probe(request);
  ASSERT_EQ(handed_on.kind, NetProbeResult::kContinueOverTls);
  const auto rest = decode_request(handed_on.message);
  ASSERT_TRUE(rest);
  EXPECT_EQ(probe(*rest).message, "HTTP probe failed with statuscode: 503");
}

/// The helper as the supervisor runs it.
std::string run_helper(const std::string& argument, int& status) {
  Pipe pipe = make_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe.write.get(), 1);
    ::execl(PODRUN_PROBE_HTTPS, "podrun-probe-https", argument.c_str(), nullptr);
    ::_exit(127);
  }
  pipe.write.reset();
  std::string output = read_all(pipe.read.get());
  ::waitpid(child, &status, 0);
  return output;
}

TEST(HttpsProbe, HelperTakesARequestAndGivesAResult) {
  ServerTls tls;
  ScriptedServer server({tls.answers("HTTP/1.1 404 x\r\n\r\n")});
  int status = -1;
  EXPECT_EQ(decode_result(run_helper(encode(request_to(server)), status)),
            (NetProbeResult{NetProbeResult::kFailure, "HTTP probe failed with statuscode: 404"}));
  EXPECT_EQ(status, 0);
  EXPECT_EQ(decode_result(run_helper("junk", status)),
            (NetProbeResult{NetProbeResult::kError, "not a request for an http probe"}));
}

}  // namespace
}  // namespace podrun::pod
