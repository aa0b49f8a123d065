// After the pods have ended: the report file, the expectations, the JUnit file.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/arguments.h"
#include "supervisor/pod/expectations.h"

namespace podrun::cli {

/// What the flags --report, --expect and --junit ask for.
struct Wishes {
  std::string report_file, junit_file;  // empty: none
  std::vector<pod::Expectation> expectations;
};

/// Throws BadInput for an expectation that cannot be read: before anything is started.
Wishes wishes_of(const Arguments& arguments);

/// Several pods' reports as one text: a single one as it is, several as {"items": […]}.
std::string merged_report(const std::vector<std::string>& reports);

struct Verdict {
  bool holds = true;
  std::vector<std::string> lines;  // one per expectation that failed
};

/// Writes the files that were wished for and evaluates the expectations. `reports`: the text of
/// each pod's report.json; one that is empty fails what is expected of it. Throws Error where a
/// file cannot be written.
Verdict judge(const Wishes& wishes, const std::vector<std::string>& reports, WallTime started,
              Nanoseconds duration);

}  // namespace podrun::cli
