#include "supervisor/api/server/make_certificate.h"

#include <arpa/inet.h>
#include <openssl/ec.h>

#include <algorithm>
#include <array>

namespace podrun::api {

namespace {

/// Clocks of machines that just booted differ.
constexpr auto kBackdate = std::chrono::hours(1);

void check(bool done, const char* what) {
  if (!done) throw openssl_error(std::string("make a certificate: ") + what);
}

std::time_t seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

void set_serial(X509* certificate) {
  const OpenSsl<BIGNUM> number(::BN_new());
  // RFC 5280, section 4.1.2.2: positive, at most 20 octets.
  check(number && ::BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
            ::BN_to_ASN1_INTEGER(number.get(), ::X509_get_serialNumber(certificate)) != nullptr,
        "its serial number");
}

void add_to_subject(X509* certificate, const char* attribute, const std::string& value) {
  if (value.empty()) return;
  check(::X509_NAME_add_entry_by_txt(::X509_get_subject_name(certificate), attribute, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(value.data()),
                                     static_cast<int>(value.size()), -1, 0) == 1,
        "its subject");
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  ::X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const OpenSsl<X509_EXTENSION> extension(
      ::X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  check(extension && ::X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

bool is_address(const std::string& name) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

std::string address_text(const unsigned char* bytes, int size) {
  char text[INET6_ADDRSTRLEN] = "";
  if (size == 4) ::inet_ntop(AF_INET, bytes, text, sizeof text);
  if (size == 16) ::inet_ntop(AF_INET6, bytes, text, sizeof text);
  return text;
}

std::string alternative_names_text(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    const std::string canonical = canonical_name(name);
    if (canonical.empty()) continue;
    if (!text.empty()) text += ",";
    text += (is_address(canonical) ? "IP:" : "DNS:") + canonical;
  }
  return text;
}

void add_extensions(X509* certificate, X509* issuer, const CertificateRequest& request) {
  const bool authority = request.use == CertificateRequest::Use::kAuthority;
  const bool server = request.use == CertificateRequest::Use::kServer;
  const auto add = [&](int nid, const std::string& value) {
    add_extension(certificate, issuer, nid, value);
  };
  add(NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add(NID_key_usage, authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  if (!authority) add(NID_ext_key_usage, server ? "serverAuth" : "clientAuth");
  add(NID_subject_key_identifier, "hash");
  if (certificate != issuer) add(NID_authority_key_identifier, "keyid:always");
  const std::string names = alternative_names_text(request.names);
  if (!names.empty()) add(NID_subject_alt_name, names);
}

}  // namespace

std::string CertifiedKey::pem() const { return to_pem(key.get()) + to_pem(certificate.get()); }

CertifiedKey make_certificate(const CertificateRequest& request, const CertifiedKey* authority,
                              WallTime now) {
  CertifiedKey made{Certificate(::X509_new()),
                    PrivateKey(::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"))};
  check(made.certificate && made.key, "its key");
  X509* certificate = made.certificate.get();
  X509* issuer = authority != nullptr ? authority->certificate.get() : certificate;
  std::time_t end = seconds(now + request.life);
  if (authority != nullptr) end = std::min(end, seconds(not_after(issuer)));
  check(::X509_set_version(certificate, X509_VERSION_3) == 1, "its version");
  set_serial(certificate);
  check(::ASN1_TIME_set(::X509_getm_notBefore(certificate), seconds(now - kBackdate)) != nullptr &&
            ::ASN1_TIME_set(::X509_getm_notAfter(certificate), end) != nullptr &&
            ::X509_set_pubkey(certificate, made.key.get()) == 1,
        "its validity");
  add_to_subject(certificate, "O", request.organization);
  add_to_subject(certificate, "CN", request.common_name);
  check(::X509_set_issuer_name(certificate, ::X509_get_subject_name(issuer)) == 1, "its issuer");
  add_extensions(certificate, issuer, request);
  EVP_PKEY* signer = authority != nullptr ? authority->key.get() : made.key.get();
  check(::X509_sign(certificate, signer, ::EVP_sha256()) > 0, "its signature");
  return made;
}

bool is_pair(const CertifiedKey& pair) {
  return pair.certificate && pair.key &&
         ::X509_check_private_key(pair.certificate.get(), pair.key.get()) == 1;
}

bool is_signed_by(X509* certificate, X509* authority) {
  return ::X509_check_issued(authority, certificate) == X509_V_OK &&
         ::X509_verify(certificate, ::X509_get0_pubkey(authority)) == 1;
}

WallTime not_after(X509* certificate) {
  std::tm parts{};
  if (::ASN1_TIME_to_tm(::X509_get0_notAfter(certificate), &parts) != 1) return WallTime{};
  return WallTime(std::chrono::seconds(::timegm(&parts)));
}

std::vector<std::string> alternative_names(X509* certificate) {
  std::vector<std::string> names;
  const OpenSsl<GENERAL_NAMES> found(static_cast<GENERAL_NAMES*>(
      ::X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; found && i < sk_GENERAL_NAME_num(found.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(found.get(), i);
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(::GENERAL_NAME_get0_value(name, &type));
    if (type != GEN_DNS && type != GEN_IPADD) continue;
    const unsigned char* bytes = ::ASN1_STRING_get0_data(value);
    const int size = ::ASN1_STRING_length(value);
    names.push_back(type == GEN_IPADD ? address_text(bytes, size)
                                      : std::string(reinterpret_cast<const char*>(bytes),
                                                    static_cast<std::size_t>(size)));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string canonical_name(const std::string& name) {
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1) return address_text(bytes.data(), 4);
  if (::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) return address_text(bytes.data(), 16);
  constexpr std::size_t kLongest = 253;  // RFC 1123
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  };
  return name.size() <= kLongest && std::all_of(name.begin(), name.end(), fits) ? name : "";
}

}  // namespace podrun::api
