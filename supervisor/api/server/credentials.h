// The daemon's certificates and token, kept in a folder of mode 0700 as files of mode 0600.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "supervisor/api/server/tls_channel.h"

namespace podrun::api {

/// PEM texts, and the token in hex.
struct Credentials {
  std::string ca_certificate;
  std::string server_certificate, server_key;
  std::string admin_certificate, admin_key;  // O=system:masters, CN=system:admin
  std::string admin_token;
  std::string account_key;  // signs service accounts' tokens

  TlsIdentity tls() const { return {server_certificate, server_key, ca_certificate}; }
};

/// "localhost", the names of the service kubernetes, this machine's name, loopback addresses.
std::vector<std::string> server_names();

/// Reads the folder's files and makes those that are missing. ca.pem (10 years) and token are kept
/// for ever, as service-account is: clients have copies, so that a damaged one is an Error that
/// names it. server.pem and admin.pem (one year) are made anew where they are damaged, expire
/// within 30 days, are another CA's, or carry other names than `names`. Each file is replaced
/// whole, key and certificate together: a crash leaves the old state or the new one.
Credentials ensure_credentials(const std::string& folder, const std::vector<std::string>& names,
                               WallTime now);

/// Equal in constant time. An empty expectation equals nothing.
bool is_token(std::string_view given, std::string_view expected);

}  // namespace podrun::api
