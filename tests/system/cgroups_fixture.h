// What the cgroup suites share: a place of their own in the trees, and a check that all is gone.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "cgroups/cgroup.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"
#include "tests/system/cgroup_child.h"

namespace podrun::test {

class CgroupsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    if (layout_.kind == cgroups::LayoutKind::kNone) GTEST_SKIP() << "no cgroup v2 tree";
    before_ = Leaks::take(scope_);
  }
  void TearDown() override {
    if (IsSkipped()) return;
    try {
      cgroups::Cgroup top = cgroups::Cgroup::open(layout_, top_);
      EXPECT_EQ(cgroups::list_children(layout_, top_), std::vector<std::string>());
      top.remove();
    } catch (const Error& error) {
      EXPECT_EQ(error.errno_value(), ENOENT) << error.what();
    }
    EXPECT_EQ(leaked_since(before_, scope_), "");
  }
  cgroups::Cgroup make(const std::string& name = "container") const {
    return cgroups::Cgroup::create(layout_, top_ + "/" + name);
  }

  const cgroups::Layout layout_ = cgroups::detect_layout();
  const std::string top_ = "podrun-test-" + std::to_string(::getpid());
  const LeakScope scope_{.marker = top_};
  Leaks before_;
};

}  // namespace podrun::test
