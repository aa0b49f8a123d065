// Kubernetes quantities: "500m", "0.5", "1e3", "128Mi", "1Gi". Printed back as the user wrote them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace podrun {

/// A non-floating quantity with its original text. Value is held in units of 10^-9 (128-bit).
class Quantity {
 public:
  Quantity() = default;
  /// Takes what resource.ParseQuantity takes, odd cases included ("5.", "+", "m": 0); rounded away
  /// from zero to 10^-9 and capped at 2^63-1. Throws BadInput with Kubernetes' text for the rest.
  static Quantity parse(std::string_view text);
  static Quantity from_integer(std::int64_t value);

  const std::string& text() const { return text_; }
  /// As Kubernetes would print it, whatever was written: no fraction, the largest suffix that
  /// divides it ("0.5" is 500m, "2048Ki" 2Mi).
  std::string canonical() const;
  /// Rounded up to a whole number, clamped to int64 (as resource.Quantity.Value).
  std::int64_t value() const;
  /// Rounded up to thousandths (as resource.Quantity.MilliValue).
  std::int64_t milli_value() const;
  bool is_zero() const { return nano_ == 0; }
  bool is_negative() const { return nano_ < 0; }

  /// Takes over the other's spelling where this one is zero, as resource.Quantity.Add; the text is
  /// the canonical one then. Capped as when it is parsed.
  Quantity& operator+=(const Quantity& other);

  /// By value, whatever the spelling: 1 == 1000m.
  friend bool operator==(const Quantity& a, const Quantity& b) { return a.nano_ == b.nano_; }
  friend bool operator<(const Quantity& a, const Quantity& b) { return a.nano_ < b.nano_; }

 private:
  __extension__ using Nano = __int128;
  /// How it was written, which decides the suffixes of its canonical form.
  enum class Format { kDecimal, kBinary, kExponent };

  std::string text_ = "0";
  Nano nano_ = 0;
  Format format_ = Format::kDecimal;
};

}  // namespace podrun
