// Makes keys and X.509 certificates, and tells what one is good for.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "supervisor/api/server/openssl.h"

namespace podrun::api {

struct CertificateRequest {
  std::string common_name;
  std::string organization;        // "" for none
  std::vector<std::string> names;  // subjectAltName: host names and IP addresses
  enum class Use { kAuthority, kServer, kClient } use = Use::kServer;
  std::chrono::hours life{24};
};

/// A certificate with its key, as PEM.
struct CertifiedKey {
  Certificate certificate;
  PrivateKey key;
  std::string pem() const;  // the key, then the certificate
};

/// EC P-256. Signed by `authority`, not beyond its end; by itself where that is null.
CertifiedKey make_certificate(const CertificateRequest& request, const CertifiedKey* authority,
                              WallTime now);

/// False where a part is missing or they do not belong together.
bool is_pair(const CertifiedKey& pair);
bool is_signed_by(X509* certificate, X509* authority);
WallTime not_after(X509* certificate);
/// subjectAltName's host names and addresses, sorted.
std::vector<std::string> alternative_names(X509* certificate);
/// "::1" or "localhost" as alternative_names gives it back; "" where it can be in no certificate.
std::string canonical_name(const std::string& name);

}  // namespace podrun::api
