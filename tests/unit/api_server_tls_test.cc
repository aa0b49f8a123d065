// Who is let in over TLS: by certificate, by token, not at all.
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "api_server_box.h"
#include "base/files.h"
#include "supervisor/api/server/credentials.h"
#include "supervisor/api/server/make_certificate.h"
#include "supervisor/api/server/openssl.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

using api::Certificate;
using api::CertificateRequest;
using api::CertifiedKey;
using api::Credentials;
using api::PrivateKey;

struct ContextFree {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};

/// What a client brings.
struct ClientOptions {
  std::string ca;
  std::string certificate, key;  // PEM, or ""
  std::string host = "127.0.0.1";
  int max_version = 0;
};

/// A blocking TLS client; throws where the handshake fails.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const ClientOptions& options)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        context_(::SSL_CTX_new(::TLS_client_method())) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{20, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw_errno("connect");
    const Certificate ca = api::read_certificate(options.ca);
    ::X509_STORE_add_cert(::SSL_CTX_get_cert_store(context_.get()), ca.get());
    ::SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    ::SSL_CTX_set_security_level(context_.get(), 0);
    ::SSL_CTX_set_max_proto_version(context_.get(), options.max_version);
    if (!options.certificate.empty()) {
      const Certificate own = api::read_certificate(options.certificate);
      const PrivateKey key = api::read_private_key(options.key);
      ::SSL_CTX_use_certificate(context_.get(), own.get());
      ::SSL_CTX_use_PrivateKey(context_.get(), key.get());
    }
    static constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";
    ::SSL_CTX_set_alpn_protos(context_.get(), kProtocols, sizeof kProtocols - 1);
    ssl_.reset(::SSL_new(context_.get()));
    ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl_.get()), options.host.c_str());
    ::SSL_set_fd(ssl_.get(), socket_.get());
    if (::SSL_connect(ssl_.get()) != 1) throw api::openssl_error("shake hands");
  }

  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    ::SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  /// What comes until `text` has come, or until the server's end.
  std::string until(std::string_view text) {
    while (input_.find(text) == std::string::npos) {
      char chunk[16384];
      const int n = ::SSL_read(ssl_.get(), chunk, sizeof chunk);
      if (n <= 0) break;
      input_.append(chunk, static_cast<std::size_t>(n));
    }
    return std::exchange(input_, {});
  }
  void send(const std::string& bytes) {
    ::SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  }
  /// Sends a GET; the answer up to what `tell` ends with.
  std::string ask(const std::string& header = "") {
    send("GET /api HTTP/1.1\r\nHost: x\r\n" + header + "\r\n");
    return until("body=");
  }

 private:
  Fd socket_;
  std::unique_ptr<SSL_CTX, ContextFree> context_;
  api::OpenSsl<SSL> ssl_;
  std::string input_;
};

class ApiServerTls : public ::testing::Test {
 protected:
  explicit ApiServerTls(api::Handler handler = tell)
      : credentials_(
            api::ensure_credentials(folder_ / "tls", api::server_names(), SystemClock().wall())),
        box_(std::move(handler)) {
    port_ =
        box_.on_loop([&] { return box_.server().listen_tls("127.0.0.1", 0, credentials_.tls()); });
  }
  ClientOptions anonymous() const { return {credentials_.ca_certificate, "", ""}; }
  ClientOptions admin() const {
    return {credentials_.ca_certificate, credentials_.admin_certificate, credentials_.admin_key};
  }
  TempDir folder_{"podrun-tls"};
  Credentials credentials_;
  ServerBox box_;
  std::uint16_t port_ = 0;
};

bool is_unauthorized(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 401 Unauthorized\r\n") &&
         answer.find("\"kind\":\"Status\"") != std::string::npos &&
         answer.find("\"reason\":\"Unauthorized\"") != std::string::npos;
}

TEST_F(ApiServerTls, ACertificateNamesTheUser) {
  const LeakScope scope{"no such marker", {}, 0};
  const Leaks before = Leaks::take(scope);
  {
    TlsClient client(port_, admin());
    EXPECT_EQ(client.protocol(), "http/1.1");
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(client.ask().ends_with("GET /api user=system:admin group=system:masters body="));
  }
  EXPECT_EQ(leaked_since(before, scope), "");
}

TEST_F(ApiServerTls, ATokenNamesTheUser) {
  TlsClient client(port_, anonymous());
  EXPECT_TRUE(
      client.ask("Authorization: Bearer good\r\n").ends_with("user=tester group=testers body="));
  EXPECT_TRUE(
      client.ask("authorization: bearer   good\r\n").ends_with("user=tester group=testers body="));
}

TEST_F(ApiServerTls, OthersGetNothing) {
  for (const char* header : {"", "Authorization: Bearer bad\r\n", "Authorization: Bearer \r\n",
                             "Authorization: Basic good\r\n", "Authorization: good\r\n",
                             "Authorization: Bearer good\r\nAuthorization: Bearer good\r\n"}) {
    TlsClient client(port_, anonymous());
    EXPECT_TRUE(is_unauthorized(client.ask(header))) << header;
  }
  // Before the body is sent.
  TlsClient client(port_, anonymous());
  client.send(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(is_unauthorized(client.until("\"code\":401")));
}

TEST_F(ApiServerTls, AnotherCasCertificateCountsForNothing) {
  CertificateRequest request;
  request.common_name = "podrun-ca";
  request.use = CertificateRequest::Use::kAuthority;
  const CertifiedKey other_ca = api::make_certificate(request, nullptr, SystemClock().wall());
  request = {"system:admin", "system:masters", {}, CertificateRequest::Use::kClient};
  const CertifiedKey forged = api::make_certificate(request, &other_ca, SystemClock().wall());
  TlsClient client(port_, {credentials_.ca_certificate, api::to_pem(forged.certificate.get()),
                           api::to_pem(forged.key.get())});
  EXPECT_TRUE(is_unauthorized(client.ask()));
  const CertifiedKey self_signed = api::make_certificate(request, nullptr, SystemClock().wall());
  TlsClient alone(port_, {credentials_.ca_certificate, api::to_pem(self_signed.certificate.get()),
                          api::to_pem(self_signed.key.get())});
  EXPECT_TRUE(is_unauthorized(alone.ask()));
}

TEST_F(ApiServerTls, AnExpiredOrForeignUseCountsForNothing) {
  const std::string pem = read_file(folder_ / "tls/ca.pem");
  const CertifiedKey ca{api::read_certificate(pem), api::read_private_key(pem)};
  CertificateRequest request{
      "system:admin", "system:masters", {}, CertificateRequest::Use::kClient};
  const WallTime long_ago = SystemClock().wall() - std::chrono::hours(100);
  const CertifiedKey expired = api::make_certificate(request, &ca, long_ago);
  TlsClient late(port_, {credentials_.ca_certificate, api::to_pem(expired.certificate.get()),
                         api::to_pem(expired.key.get())});
  EXPECT_TRUE(is_unauthorized(late.ask()));
  TlsClient server(port_, {credentials_.ca_certificate, credentials_.server_certificate,
                           credentials_.server_key});
  EXPECT_TRUE(is_unauthorized(server.ask()));
}

TEST_F(ApiServerTls, ClientsSeeThatItIsTheServer) {
  ClientOptions options = admin();
  options.host = "127.0.0.2";
  EXPECT_THROW(TlsClient(port_, options), Error);
  options = admin();
  options.max_version = TLS1_1_VERSION;
  EXPECT_THROW(TlsClient(port_, options), Error);
  options.max_version = TLS1_2_VERSION;
  EXPECT_TRUE(TlsClient(port_, options).ask().ends_with("body="));
}

TEST_F(ApiServerTls, RubbishIsDropped) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_GT(::send(socket.get(), "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 0);
  EXPECT_TRUE(poll_until([&] { return box_.connections() == 0; }));
  EXPECT_TRUE(TlsClient(port_, admin()).ask().ends_with("body="));
}

TEST_F(ApiServerTls, ARenewedCertificateIsShown) {
  TlsClient before(port_, admin());
  const Credentials renewed =
      api::ensure_credentials(folder_ / "tls", {"127.0.0.2"}, SystemClock().wall());
  box_.on_loop([&] { box_.server().renew_tls(renewed.tls()); });
  ClientOptions options = admin();
  options.host = "127.0.0.2";
  EXPECT_TRUE(TlsClient(port_, options).ask().ends_with("body="));
  EXPECT_TRUE(before.ask().ends_with("body="));
}

class ApiServerTlsLarge : public ApiServerTls {
 protected:
  ApiServerTlsLarge()
      : ApiServerTls([](const api::Request&) {
          return text_response(std::string(8u << 20, 'x') + "body=");
        }) {}
};

TEST_F(ApiServerTlsLarge, LargeAnswersArriveWhole) {
  TlsClient client(port_, admin());
  for (int i = 0; i < 2; ++i) EXPECT_GT(client.ask().size(), 8u << 20);
}

}  // namespace
}  // namespace podrun::test
