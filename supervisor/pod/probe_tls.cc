#include "supervisor/pod/probe_tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/error.h"

namespace podrun::pod {

namespace {

constexpr Nanoseconds kHandshakeTimeout = Seconds(10);  // net/http's default

struct Free {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { ::SSL_free(ssl); }
};

std::unique_ptr<SSL_CTX, Free> make_context() {
  ::OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  std::unique_ptr<SSL_CTX, Free> context(::SSL_CTX_new(::TLS_client_method()));
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  if (!context || ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      ::SSL_CTX_set_cipher_list(context.get(), "DEFAULT:@SECLEVEL=0") != 1 ||
      ::SSL_CTX_set_alpn_protos(context.get(), kProtocols, sizeof kProtocols - 1) != 0)
    throw Error("set up TLS");
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  ::SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  return context;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         host.find(':') != std::string::npos;
}

/// The last error of the library as crypto/tls would name it.
std::string library_error() {
  const unsigned long error = ::ERR_peek_error();
  ::ERR_clear_error();
  const int reason = ERR_GET_REASON(error);
  const char* text = ::ERR_reason_error_string(error);
  if (reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256) {
    const int alert = reason - SSL_AD_REASON_OFFSET;
    if (alert == SSL_AD_PROTOCOL_VERSION)
      return "remote error: tls: protocol version not supported";
    return std::string("remote error: tls: ") + ::SSL_alert_desc_string_long(alert);
  }
  return std::string("tls: ") + (text != nullptr ? text : "handshake failed");
}

class TlsStream final : public ByteStream {
 public:
  TlsStream(Fd socket, std::string remote, const Deadline& deadline)
      : tcp_(std::move(socket), std::move(remote), deadline), context_(make_context()) {
    ssl_.reset(::SSL_new(context_.get()));
    if (!ssl_ || ::SSL_set_fd(ssl_.get(), tcp_.fd()) != 1) throw Error("set up TLS");
    ::BIO_set_callback_ex(::SSL_get_rbio(ssl_.get()), watch);
    ::BIO_set_callback_arg(::SSL_get_rbio(ssl_.get()), reinterpret_cast<char*>(this));
  }

  IoResult shake_hands(const std::string& host) {
    if (!is_address(host)) {
      if (SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) != 1) throw Error("set up TLS");
    }
    const Deadline deadline = tcp_.deadline().sooner(kHandshakeTimeout);
    while (true) {
      forget_errors();
      const int done = ::SSL_connect(ssl_.get());
      if (done == 1) return {};
      IoResult result = wait_or_fail(done, deadline, "read");
      if (result.status == IoResult::kTimeout && !tcp_.deadline().passed())
        return {IoResult::kFailed, 0, "net/http: TLS handshake timeout"};
      if (result.status != IoResult::kDone) return result;
    }
  }

  IoResult read(char* to, std::size_t size) override {
    while (true) {
      std::size_t got = 0;
      forget_errors();
      const int done = ::SSL_read_ex(ssl_.get(), to, size, &got);
      if (done == 1) return {IoResult::kDone, got};
      IoResult result = wait_or_fail(done, tcp_.deadline(), "read");
      if (result.status != IoResult::kDone) return result;
    }
  }

  IoResult write_all(std::string_view data) override {
    std::size_t sent = 0;
    while (!data.empty()) {
      forget_errors();
      const int done = ::SSL_write_ex(ssl_.get(), data.data(), data.size(), &sent);
      if (done == 1) return {IoResult::kDone, sent};
      IoResult result = wait_or_fail(done, tcp_.deadline(), "write");
      if (result.status != IoResult::kDone) return result;
    }
    return {};
  }

 private:
  static void forget_errors() {
    ::ERR_clear_error();
    errno = 0;
  }

  /// kDone: the socket is ready, try again.
  IoResult wait_or_fail(int done, const Deadline& deadline, const char* operation) {
    const int saved = errno;
    switch (::SSL_get_error(ssl_.get(), done)) {
      case SSL_ERROR_WANT_READ:
        return {deadline.wait(tcp_.fd(), POLLIN) ? IoResult::kDone : IoResult::kTimeout};
      case SSL_ERROR_WANT_WRITE:
        return {deadline.wait(tcp_.fd(), POLLOUT) ? IoResult::kDone : IoResult::kTimeout};
      case SSL_ERROR_ZERO_RETURN:
        return {IoResult::kEnd};
      case SSL_ERROR_SYSCALL:
        if (saved == 0) return {IoResult::kEnd};
        return tcp_.failure(operation, saved);
      default:
        return {IoResult::kFailed, 0, refusal()};
    }
  }

  /// Keeps the first bytes that the library reads.
  static long watch(BIO* bio, int operation, const char* data, std::size_t, int, long, int result,
                    std::size_t* count) {
    auto& first = reinterpret_cast<TlsStream*>(::BIO_get_callback_arg(bio))->first_bytes_;
    constexpr std::size_t kEnough = 5;
    if (operation == (BIO_CB_READ | BIO_CB_RETURN) && result > 0 && first.size() < kEnough)
      first.append(data, std::min(*count, kEnough - first.size()));
    return result;
  }

  /// What the library does not accept as TLS, in crypto/tls' words.
  std::string refusal() const {
    if (first_bytes_.starts_with("HTTP/")) return "http: server gave HTTP response to HTTPS client";
    constexpr char kAlert = 21, kHandshake = 22;
    if (!first_bytes_.empty() && first_bytes_[0] != kHandshake && first_bytes_[0] != kAlert)
      return "tls: first record does not look like a TLS handshake";
    return library_error();
  }

  TcpStream tcp_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  std::string first_bytes_;
};

}  // namespace

Connection connect_with_tls(const ProbeUrl& url, const std::string& address,
                            const Deadline& deadline) {
  if (url.scheme != "https") return connect_plainly(url, address, deadline);
  Connection connection;
  Dialled dialled = dial_tcp(address, url.port_number(), deadline);
  connection.timed_out = dialled.timed_out;
  connection.error = std::move(dialled.error);
  if (!dialled.socket) return connection;
  auto stream = std::make_unique<TlsStream>(std::move(dialled.socket),
                                            join_host_port(address, url.port_number()), deadline);
  const IoResult shaken = stream->shake_hands(url.host);
  connection.timed_out = shaken.status == IoResult::kTimeout;
  if (shaken.status == IoResult::kDone) {
    connection.stream = std::move(stream);
  } else if (shaken.status == IoResult::kEnd) {
    connection.error = "EOF";
  } else {
    connection.error = shaken.error;
  }
  return connection;
}

}  // namespace podrun::pod
