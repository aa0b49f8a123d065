#include <gtest/gtest.h>

#include "supervisor/controllers/pod_names.h"

namespace podrun::controllers {
namespace {

TEST(PodNames, SafeEncodes) {
  // rand.SafeEncodeString of Kubernetes: byte modulo 27.
  EXPECT_EQ(safe_encode("0123456789"), "456789bcdf");
}

TEST(PodNames, PrefixHasADashWhereItFits) {
  EXPECT_EQ(pod_name_prefix("kubia"), "kubia-");
  const std::string longest(253, 'a');
  EXPECT_EQ(pod_name_prefix(longest), longest);
}

}  // namespace
}  // namespace podrun::controllers
