#include "rootfs-tools/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "base/error.h"
#include "rootfs-tools/digest.h"

namespace podrun::images {

void Sha256::Free::operator()(evp_md_ctx_st* context) const { ::EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(::EVP_MD_CTX_new()) {
  if (!context_ || ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr) != 1)
    throw Error("start a SHA-256 computation");
}

void Sha256::update(const void* data, std::size_t size) {
  if (::EVP_DigestUpdate(context_.get(), data, size) != 1) throw Error("compute SHA-256");
}

std::string Sha256::hex() {
  std::array<unsigned char, 32> value{};
  if (::EVP_DigestFinal_ex(context_.get(), value.data(), nullptr) != 1)
    throw Error("compute SHA-256");
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : value) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string digest_of(std::string_view text) {
  Sha256 hash;
  hash.update(text.data(), text.size());
  return std::string(kSha256Prefix) + hash.hex();
}

}  // namespace podrun::images
