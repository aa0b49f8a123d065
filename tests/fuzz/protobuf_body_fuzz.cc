// Any bytes as a protobuf body: JSON comes out, or an ApiError.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "supervisor/api/api_error.h"
#include "supervisor/api/protobuf_body.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  try {
    const std::string json = podrun::api::json_from_protobuf(body);
    if (!podrun::api::Json::parse(json, nullptr, false).is_object()) std::abort();
  } catch (const podrun::api::ApiError& error) {
    if (error.code() != 400 && error.code() != 415) std::abort();
  }
  return 0;
}
