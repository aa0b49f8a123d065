#include "supervisor/api/server/openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace podrun::api {

namespace {

OpenSsl<BIO> reader(std::string_view text) {
  return OpenSsl<BIO>(::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string content(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

Error openssl_error(const std::string& doing) {
  const unsigned long code = ::ERR_peek_last_error();
  const char* reason = code != 0 ? ::ERR_reason_error_string(code) : nullptr;
  ::ERR_clear_error();
  return Error(reason != nullptr ? doing + ": " + reason : doing);
}

Certificate read_certificate(std::string_view pem) {
  const auto bio = reader(pem);
  Certificate certificate(::PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ::ERR_clear_error();
  return certificate;
}

PrivateKey read_private_key(std::string_view pem) {
  const auto bio = reader(pem);
  // A key with a passphrase is none that was made here: nobody is asked on a terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  PrivateKey key(::PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ::ERR_clear_error();
  return key;
}

std::string to_pem(X509* certificate) {
  const OpenSsl<BIO> bio(::BIO_new(::BIO_s_mem()));
  if (!bio || ::PEM_write_bio_X509(bio.get(), certificate) != 1)
    throw openssl_error("write a certificate");
  return content(bio.get());
}

std::string to_pem(EVP_PKEY* key) {
  const OpenSsl<BIO> bio(::BIO_new(::BIO_s_mem()));
  if (!bio ||
      ::PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    throw openssl_error("write a private key");
  return content(bio.get());
}

std::vector<std::string> subject_values(X509* certificate, int nid) {
  std::vector<std::string> values;
  const X509_NAME* name = ::X509_get_subject_name(certificate);
  for (int at = -1; (at = ::X509_NAME_get_index_by_NID(name, nid, at)) >= 0;) {
    unsigned char* text = nullptr;
    const int size =
        ::ASN1_STRING_to_UTF8(&text, ::X509_NAME_ENTRY_get_data(::X509_NAME_get_entry(name, at)));
    if (size < 0) continue;
    std::string value(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    if (value.find('\0') == std::string::npos) values.push_back(std::move(value));
  }
  return values;
}

}  // namespace podrun::api
