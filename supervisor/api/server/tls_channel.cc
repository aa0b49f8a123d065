#include "supervisor/api/server/tls_channel.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "supervisor/api/server/openssl.h"

namespace podrun::api {

namespace {

/// OpenSSL's own socket BIO writes with write(2): a peer that is gone would raise SIGPIPE.
int socket_of(BIO* bio) { return *static_cast<const int*>(::BIO_get_data(bio)); }

int bio_write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n =
      ::send(socket_of(bio), bytes, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

int bio_read(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::recv(socket_of(bio), to, static_cast<std::size_t>(size), MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(n);
}

long bio_ctrl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

int bio_create(BIO* bio) {
  ::BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* socket_method() {
  static const OpenSsl<BIO_METHOD> method = [] {
    OpenSsl<BIO_METHOD> made(::BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket"));
    ::BIO_meth_set_write(made.get(), bio_write);
    ::BIO_meth_set_read(made.get(), bio_read);
    ::BIO_meth_set_ctrl(made.get(), bio_ctrl);
    ::BIO_meth_set_create(made.get(), bio_create);
    return made;
  }();
  return method.get();
}

/// Verifies, keeps the result for TlsChannel::peer, and lets the handshake go on.
int verify_client(X509_STORE_CTX* store, void*) {
  if (::X509_verify_cert(store) != 1 && ::X509_STORE_CTX_get_error(store) == X509_V_OK)
    ::X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED);
  ::ERR_clear_error();
  return 1;
}

/// HTTP/1.1 for those who offer it; a client that offers only others gets no protocol.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int size, void*) {
  constexpr std::string_view kHttp = "http/1.1";
  for (unsigned int at = 0; at < size; at += 1u + offered[at]) {
    const auto* name = offered + at + 1;
    if (offered[at] == kHttp.size() && at + kHttp.size() < size &&
        std::equal(kHttp.begin(), kHttp.end(), name)) {
      *chosen = name;
      *length = static_cast<unsigned char>(kHttp.size());
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

void set_options(SSL_CTX* context) {
  // No session outlives its connection: each handshake verifies the client anew.
  ::SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_COMPRESSION);
  ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  ::SSL_CTX_set_num_tickets(context, 0);
  // Idle connections hold no buffers.
  ::SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_read_ahead(context, 1);
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  ::SSL_CTX_set_cert_verify_callback(context, verify_client, nullptr);
  ::SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

class TlsChannel final : public Channel {
 public:
  TlsChannel(const TlsContext& context, int socket)
      : context_(context), socket_(socket), ssl_(::SSL_new(context.get())) {
    BIO* bio = ssl_ ? ::BIO_new(socket_method()) : nullptr;
    if (bio == nullptr) throw openssl_error("set up TLS");
    ::BIO_set_data(bio, &socket_);  // the BIO ends with ssl_, before socket_
    ::SSL_set_bio(ssl_.get(), bio, bio);
  }

  IoResult handshake() override {
    ::ERR_clear_error();
    return result(::SSL_accept(ssl_.get()), 0);
  }

  IoResult read(char* to, std::size_t size) override {
    std::size_t got = 0;
    ::ERR_clear_error();
    const int done = ::SSL_read_ex(ssl_.get(), to, size, &got);
    return result(done, got);
  }

  IoResult write(std::string_view bytes) override {
    std::size_t sent = 0;
    ::ERR_clear_error();
    const int done = ::SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
    return result(done, sent);
  }

  bool has_pending() const override { return ::SSL_has_pending(ssl_.get()) == 1; }

  void end_output() override {
    if (::SSL_is_init_finished(ssl_.get()) == 1 && !broken_) ::SSL_shutdown(ssl_.get());
    ::ERR_clear_error();
    ::shutdown(socket_, SHUT_WR);
  }

  std::optional<User> peer() const override {
    const Certificate certificate(::SSL_get1_peer_certificate(ssl_.get()));
    if (!certificate || ::SSL_get_verify_result(ssl_.get()) != X509_V_OK) return std::nullopt;
    const auto names = subject_values(certificate.get(), NID_commonName);
    if (names.size() != 1 || names.front().empty()) return std::nullopt;
    return User{names.front(), subject_values(certificate.get(), NID_organizationName)};
  }

 private:
  IoResult result(int done, std::size_t bytes) {
    if (done == 1) return {IoResult::kDone, bytes};
    switch (::SSL_get_error(ssl_.get(), done)) {
      case SSL_ERROR_WANT_READ:
        return {IoResult::kWaitRead};
      case SSL_ERROR_WANT_WRITE:
        return {IoResult::kWaitWrite};
      case SSL_ERROR_ZERO_RETURN:
        return {IoResult::kEnd};
      default:
        broken_ = true;
        ::ERR_clear_error();
        return {IoResult::kBroken};
    }
  }

  TlsContext context_;
  int socket_;
  OpenSsl<SSL> ssl_;
  bool broken_ = false;
};

}  // namespace

TlsContext::TlsContext(const TlsIdentity& identity)
    : context_(::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free) {
  const Certificate certificate = read_certificate(identity.certificate);
  const PrivateKey key = read_private_key(identity.key);
  const Certificate authority = read_certificate(identity.client_ca);
  if (!certificate) throw Error("set up TLS: the server's certificate is not PEM");
  if (!key) throw Error("set up TLS: the server's key is not PEM");
  if (!authority) throw Error("set up TLS: the CA's certificate is not PEM");
  SSL_CTX* context = context_.get();
  if (context == nullptr || ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      ::SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      ::SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
      ::SSL_CTX_check_private_key(context) != 1 ||
      ::X509_STORE_add_cert(::SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
      ::SSL_CTX_add_client_CA(context, authority.get()) != 1)
    throw openssl_error("set up TLS");
  set_options(context);
}

std::unique_ptr<Channel> make_tls_channel(const TlsContext& context, int socket) {
  return std::make_unique<TlsChannel>(context, socket);
}

}  // namespace podrun::api
