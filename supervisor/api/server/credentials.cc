#include "supervisor/api/server/credentials.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/api/server/make_certificate.h"

namespace podrun::api {

namespace {

using Use = CertificateRequest::Use;
constexpr auto kYear = std::chrono::hours(365 * 24);
constexpr auto kRenewBefore = std::chrono::hours(30 * 24);
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kFileLimit = 64u << 10;

std::optional<std::string> read_secret(const std::string& path) {
  auto text = read_file_if_exists(path, kFileLimit);
  if (text && ::chmod(path.c_str(), 0600) != 0) throw_errno("set the mode of " + path);
  return text;
}

void write_secret(const std::string& path, std::string_view text) {
  replace_file(path, text, 0600, true);
}

void make_secret_folder(const std::string& folder) {
  make_dirs(folder, 0700);
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) throw_errno("stat " + folder);
  if (status.st_uid != ::geteuid())
    throw Error("keep credentials in " + folder, EPERM, "the folder belongs to another user");
  if ((status.st_mode & 0777) != 0700 && ::chmod(folder.c_str(), 0700) != 0)
    throw_errno("set the mode of " + folder);
}

CertifiedKey parse_pair(const std::string& text) {
  return {read_certificate(text), read_private_key(text)};
}

CertifiedKey ensure_authority(const std::string& path, WallTime now) {
  const std::string hint =
      "move the file away, and a new one is made; kubeconfigs made before will be refused";
  if (const auto text = read_secret(path)) {
    CertifiedKey pair = parse_pair(*text);
    if (!is_pair(pair)) throw Error("read the CA: " + path + " is damaged", 0, hint);
    if (not_after(pair.certificate.get()) <= now)
      throw Error("read the CA: " + path + " has expired", 0, hint);
    return pair;
  }
  CertificateRequest request;
  request.common_name =
      "podrun-ca@" +
      std::to_string(
          std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  request.use = Use::kAuthority;
  request.life = 10 * kYear;
  CertifiedKey made = make_certificate(request, nullptr, now);
  write_secret(path, made.pem());
  return made;
}

std::vector<std::string> sorted_names(const std::vector<std::string>& names) {
  std::vector<std::string> sorted;
  for (const std::string& name : names)
    if (const std::string canonical = canonical_name(name); !canonical.empty())
      sorted.push_back(canonical);
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

CertifiedKey ensure_leaf(const std::string& path, const CertificateRequest& request,
                         const CertifiedKey& authority, WallTime now) {
  if (const auto text = read_secret(path)) {
    CertifiedKey pair = parse_pair(*text);
    if (is_pair(pair) && is_signed_by(pair.certificate.get(), authority.certificate.get()) &&
        not_after(pair.certificate.get()) > now + kRenewBefore &&
        alternative_names(pair.certificate.get()) == request.names)
      return pair;
  }
  CertifiedKey made = make_certificate(request, &authority, now);
  write_secret(path, made.pem());
  return made;
}

std::string ensure_token(const std::string& path) {
  if (auto text = read_secret(path)) {
    while (!text->empty() && text->back() == '\n') text->pop_back();
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (text->size() != 2 * kTokenBytes || !std::all_of(text->begin(), text->end(), is_hex))
      throw Error("read the token: " + path + " is damaged", 0,
                  "move the file away, and a new one is made; clients that use the old one will be "
                  "refused");
    return *text;
  }
  std::array<unsigned char, kTokenBytes> bytes{};
  if (::RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw openssl_error("make a token");
  std::string token;
  for (const unsigned char byte : bytes) {
    token.push_back("0123456789abcdef"[byte >> 4]);
    token.push_back("0123456789abcdef"[byte & 15]);
  }
  write_secret(path, token + "\n");
  return token;
}

}  // namespace

std::vector<std::string> server_names() {
  std::vector<std::string> names = {"localhost",          "kubernetes",
                                    "kubernetes.default", "kubernetes.default.svc",
                                    "127.0.0.1",          "::1"};
  char host[256] = "";
  if (::gethostname(host, sizeof host - 1) == 0 && host[0] != '\0') names.emplace_back(host);
  return names;
}

Credentials ensure_credentials(const std::string& folder, const std::vector<std::string>& names,
                               WallTime now) {
  make_secret_folder(folder);
  const CertifiedKey authority = ensure_authority(folder + "/ca.pem", now);
  CertificateRequest server;
  server.common_name = "podrun";
  server.names = sorted_names(names);
  server.use = Use::kServer;
  server.life = kYear;
  CertificateRequest admin;
  admin.common_name = "system:admin";
  admin.organization = "system:masters";
  admin.use = Use::kClient;
  admin.life = kYear;
  const CertifiedKey served = ensure_leaf(folder + "/server.pem", server, authority, now);
  const CertifiedKey admins = ensure_leaf(folder + "/admin.pem", admin, authority, now);
  return {to_pem(authority.certificate.get()),
          to_pem(served.certificate.get()),
          to_pem(served.key.get()),
          to_pem(admins.certificate.get()),
          to_pem(admins.key.get()),
          ensure_token(folder + "/token"),
          ensure_token(folder + "/service-account")};
}

bool is_token(std::string_view given, std::string_view expected) {
  return !expected.empty() && given.size() == expected.size() &&
         ::CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
}

}  // namespace podrun::api
