// Owners and errors for OpenSSL's objects.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace podrun::api {

struct OpenSslFree {
  void operator()(SSL* ssl) const { ::SSL_free(ssl); }
  void operator()(X509* certificate) const { ::X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { ::BIO_free_all(bio); }
  void operator()(BIO_METHOD* method) const { ::BIO_meth_free(method); }
  void operator()(X509_EXTENSION* extension) const { ::X509_EXTENSION_free(extension); }
  void operator()(GENERAL_NAMES* names) const { ::GENERAL_NAMES_free(names); }
  void operator()(BIGNUM* number) const { ::BN_free(number); }
};
template <typename T>
using OpenSsl = std::unique_ptr<T, OpenSslFree>;
using Certificate = OpenSsl<X509>;
using PrivateKey = OpenSsl<EVP_PKEY>;

/// An Error with the library's reason; its queue is emptied.
Error openssl_error(const std::string& doing);

/// The first certificate or private key of a PEM text; null where there is none.
Certificate read_certificate(std::string_view pem);
PrivateKey read_private_key(std::string_view pem);
std::string to_pem(X509* certificate);
std::string to_pem(EVP_PKEY* key);

/// All values of a subject's attribute (NID_commonName, NID_organizationName) as UTF-8; one with a
/// NUL in it is left out.
std::vector<std::string> subject_values(X509* certificate, int nid);

}  // namespace podrun::api
