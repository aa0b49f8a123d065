// Expectations as CI servers read them: JUnit XML. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "supervisor/pod/expectations.h"

namespace podrun::pod {

struct JunitSuite {
  std::string name = "podrun";
  WallTime started;
  Nanoseconds duration{0};  // of the whole run
};

/// One testcase per expectation.
std::string junit_xml(const JunitSuite& suite, const std::vector<ExpectationResult>& results);

/// Fit for XML 1.0, in content and in attributes: markup is escaped, what XML cannot hold is
/// replaced by U+FFFD.
std::string xml_escape(std::string_view text);

}  // namespace podrun::pod
