// TLS for the server: version 1.2 or newer, HTTP/1.1 by ALPN, clients named by certificates of our
// CA.
#pragma once

#include <memory>
#include <string>

#include "supervisor/api/server/channel.h"

struct ssl_ctx_st;

namespace podrun::api {

/// PEM texts. `certificate` and `key` are the server's; a client certificate counts when
/// `client_ca` signed it.
struct TlsIdentity {
  std::string certificate, key, client_ca;
};

/// What connections share; those that are open keep it.
class TlsContext {
 public:
  /// Throws Error where a text is no certificate, or no key to it.
  explicit TlsContext(const TlsIdentity& identity);
  ssl_ctx_st* get() const { return context_.get(); }

 private:
  std::shared_ptr<ssl_ctx_st> context_;
};

/// A client with a certificate of another CA, or an expired one, is let through the handshake as
/// one without: it is then told 401, as kube-apiserver does.
std::unique_ptr<Channel> make_tls_channel(const TlsContext& context, int socket);

}  // namespace podrun::api
