// Any text: Quantity::parse takes it or throws BadInput, and what it took it prints back unchanged.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "base/quantity.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const podrun::Quantity quantity = podrun::Quantity::parse(text);
    if (quantity.text() != text) std::abort();
    if (!(podrun::Quantity::parse(quantity.text()) == quantity)) std::abort();
    if (quantity.is_zero() && quantity.milli_value() != 0) std::abort();
    if (quantity.is_negative() ? quantity.value() > 0 : quantity.value() < 0) std::abort();
  } catch (const podrun::BadInput&) {
    // Refused.
  }
  return 0;
}
