#include <gtest/gtest.h>

#include "cgroups/cpu.h"
#include "cgroups/io.h"
#include "cgroups/text.h"

namespace podrun::cgroups {
namespace {

TEST(Text, FlatKeyedFiles) {
  const char* text =
      "usage_usec 12\nuser_usec 7\nnr_periods_x 3\nnr_periods 4\nlast 18446744073709551615";
  EXPECT_EQ(flat_value(text, "usage_usec"), 12u);
  EXPECT_EQ(flat_value(text, "nr_periods"), 4u);
  EXPECT_EQ(flat_value(text, "last"), 18446744073709551615u);
  EXPECT_EQ(flat_value(text, "usage"), std::nullopt);
  EXPECT_EQ(flat_value("", "usage"), std::nullopt);
}

TEST(Text, NumbersAreWhole) {
  EXPECT_EQ(parse_u64("42\n"), 42u);
  EXPECT_EQ(parse_u64("max\n"), std::nullopt);
  EXPECT_EQ(parse_u64("42 1"), std::nullopt);
  EXPECT_EQ(parse_u64(""), std::nullopt);
  EXPECT_EQ(parse_u64("-1"), std::nullopt);
}

TEST(Text, PressureOfBothKindsAndOfSomeAlone) {
  const auto both = parse_pressure(
      "some avg10=1.50 avg60=0.10 avg300=0.00 total=4321\n"
      "full avg10=0.50 avg60=0.00 avg300=0.00 total=99\n");
  ASSERT_TRUE(both);
  EXPECT_DOUBLE_EQ(both->some_avg10, 1.5);
  EXPECT_EQ(both->some_total_us, 4321u);
  EXPECT_EQ(both->full_total_us, 99u);
  const auto some = parse_pressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
  ASSERT_TRUE(some);
  EXPECT_EQ(some->full_total_us, 0u);
  EXPECT_FALSE(parse_pressure(""));
}

TEST(Text, WordsAndTrimming) {
  EXPECT_TRUE(has_word("cpuset cpu io\n", "cpu"));
  EXPECT_FALSE(has_word("cpuset io\n", "cpu"));
  EXPECT_EQ(trimmed(" 0-1\n"), "0-1");
  EXPECT_EQ(trimmed("\n"), "");
}

TEST(CpuMax, QuotaHasAFloorAndMayBeAbsent) {
  EXPECT_EQ(cpu_max_text({50000, 100000}), "50000 100000");
  EXPECT_EQ(cpu_max_text({100, 100000}), "1000 100000");
  EXPECT_EQ(cpu_max_text({0, 100000}), "1000 100000");
  EXPECT_EQ(cpu_max_text({-1, 50000}), "max 50000");
}

TEST(CpuWeight, FollowsTheKubelet) {
  EXPECT_EQ(cpu_weight_from_shares(2), 1u);
  EXPECT_EQ(cpu_weight_from_shares(102), 4u);
  EXPECT_EQ(cpu_weight_from_shares(512), 20u);
  EXPECT_EQ(cpu_weight_from_shares(1024), 39u);
  EXPECT_EQ(cpu_weight_from_shares(262144), 10000u);
  EXPECT_EQ(cpu_weight_from_shares(0), 1u);
  EXPECT_EQ(cpu_weight_from_shares(1u << 30), 10000u);
}

TEST(IoMax, NamesWhatIsSetOnly) {
  EXPECT_EQ(io_max_text({.major = 8, .minor = 16, .read_bps = 1048576, .write_iops = 120}),
            "8:16 rbps=1048576 wiops=120");
}

}  // namespace
}  // namespace podrun::cgroups
