#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/error.h"
#include "base/quantity.h"

namespace podrun {
namespace {

struct Row {
  const char* text;
  std::int64_t value;
  std::int64_t milli;
};

TEST(Quantity, ParsesWhatKubernetesParses) {
  const Row rows[] = {{"500m", 1, 500},
                      {"0.5", 1, 500},
                      {"1e3", 1000, 1000000},
                      {"1E3", 1000, 1000000},
                      {"1E", 1000000000000000000, INT64_MAX},
                      {"128Mi", 134217728, 134217728000},
                      {"128M", 128000000, 128000000000},
                      {"1Gi", 1073741824, 1073741824000},
                      {"64Ki", 65536, 65536000},
                      {".5", 1, 500},
                      {"5.", 5, 5000},
                      {"+2", 2, 2000},
                      {"-1", -1, -1000},
                      {"100n", 1, 1},
                      {"0.1", 1, 100},
                      {"1.5Gi", 1610612736, 1610612736000},
                      {"12e-1", 2, 1200},
                      {"12e+1", 120, 120000},
                      {"1E-3", 1, 1},
                      {"-1.5", -2, -1500},
                      {"-100n", -1, -1},
                      {"1.0000000001", 2, 1001},
                      {"0.3Ki", 308, 307200},
                      {"1.00000000000000000000000000001Ki", 1025, 1024001},
                      {"000128Mi", 134217728, 134217728000},
                      // What resource.ParseQuantity takes against its own regular expression.
                      {"+", 0, 0},
                      {"-", 0, 0},
                      {".", 0, 0},
                      {"m", 0, 0},
                      {"Ki", 0, 0},
                      {"e3", 0, 0},
                      {"-0", 0, 0},
                      {"0.0", 0, 0},
                      {"0", 0, 0}};
  for (const Row& row : rows) {
    const Quantity quantity = Quantity::parse(row.text);
    EXPECT_EQ(quantity.value(), row.value) << row.text;
    EXPECT_EQ(quantity.milli_value(), row.milli) << row.text;
    EXPECT_EQ(quantity.text(), row.text);
  }
}

std::string failure(const char* text) {
  try {
    Quantity::parse(text);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "none";
}

TEST(Quantity, RefusesTheRest) {
  for (const char* text :
       {"", "1.2.3", "1 Mi", " 1", "1 ", "0x10", "1KiB", "1e3m", "\xff", "1,5", "B"}) {
    EXPECT_EQ(failure(text),
              "quantities must match the regular expression "
              "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        << text;
  }
  for (const char* text : {"128mi", "1e", "1ee3", "1i", ".5i", "1K", "1kk", "--1", "+-1", "1e+",
                           "1Ki2", "2nm", "1e99999999999999999999"}) {
    EXPECT_EQ(failure(text), "unable to parse quantity's suffix") << text;
  }
}

TEST(Quantity, HasACanonicalForm) {
  const std::pair<const char*, const char*> rows[] = {{"0.5", "500m"},
                                                      {"1000m", "1"},
                                                      {"1024Mi", "1Gi"},
                                                      {"2048Ki", "2Mi"},
                                                      {"1.5Gi", "1536Mi"},
                                                      {"512Ki", "512Ki"},
                                                      {"0.5Ki", "512"},
                                                      {"128M", "128M"},
                                                      {"1e3", "1e3"},
                                                      {"1000e3", "1e6"},
                                                      {"12e-1", "1200e-3"},
                                                      {"+5", "5"},
                                                      {"-1500m", "-1500m"},
                                                      {"100000k", "100M"},
                                                      {"0.1Mi", "104857600m"},
                                                      {"00", "0"},
                                                      {"1E", "1E"},
                                                      {"8Ei", "9223372036854775807"},
                                                      {"1n", "1n"},
                                                      {"10E", "9223372036854775807"}};
  for (const auto& [text, canonical] : rows) {
    EXPECT_EQ(Quantity::parse(text).canonical(), canonical) << text;
  }
}

TEST(Quantity, CapsInsteadOfOverflowing) {
  for (const char* text :
       {"99999999999999999999999999", "1e4000", "8Ei", "9999999999999999999E", "1e9999",
        "1e9223372036854775807", "9223372036854775807.999999999999Ei"}) {
    EXPECT_GT(Quantity::parse(text).value(), INT64_MAX / 2) << text;
  }
  EXPECT_EQ(Quantity::parse("1e-4000").value(), 1);
  EXPECT_EQ(Quantity::parse("1e-9223372036854775808").milli_value(), 1);
  EXPECT_EQ(Quantity::parse(std::string(100000, '9')).value(), INT64_MAX);
  EXPECT_EQ(Quantity::parse("0." + std::string(100000, '0') + "1").value(), 1);
  EXPECT_EQ(Quantity::parse("-8Ei").value(), -INT64_MAX);
}

std::string sum(const char* a, const char* b) {
  Quantity total = Quantity::parse(a);
  total += Quantity::parse(b);
  EXPECT_EQ(total.text(), total.canonical());
  return total.text();
}

TEST(Quantity, AddsInTheFirstOnesSpelling) {
  EXPECT_EQ(sum("100m", "0.25"), "350m");
  EXPECT_EQ(sum("1Gi", "16Mi"), "1040Mi");
  EXPECT_EQ(sum("64Mi", "100M"), "167108864");
  EXPECT_EQ(sum("100M", "64Mi"), "167108864");
  EXPECT_EQ(sum("0", "1Gi"), "1Gi");
  EXPECT_EQ(sum("1", "-1"), "0");
  EXPECT_EQ(sum("9223372036854775807", "1"), "9223372036854775807");
}

TEST(Quantity, ComparesByValue) {
  EXPECT_EQ(Quantity::parse("1"), Quantity::parse("1000m"));
  EXPECT_LT(Quantity::parse("128M"), Quantity::parse("128Mi"));
}

}  // namespace
}  // namespace podrun
