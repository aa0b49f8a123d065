// SHA-256 over a stream of bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): OpenSSL's own name
struct evp_md_ctx_st;

namespace podrun::images {

class Sha256 {
 public:
  Sha256();
  void update(const void* data, std::size_t size);
  /// 64 hexadecimal digits; ends the computation.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// "sha256:<hex>" of a text.
std::string digest_of(std::string_view text);

}  // namespace podrun::images
