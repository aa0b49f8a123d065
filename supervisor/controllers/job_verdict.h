// Whether a Job has ended, and why. Pure; the second part of a plan.
#pragma once

#include <optional>
#include <string>

#include "supervisor/controllers/job_tally.h"

namespace podrun::controllers {

/// The reason and message of the conditions that say so.
struct Verdict {
  bool is_failure = false;
  std::string reason, message;
};

/// When spec.activeDeadlineSeconds have passed; nothing where none are set or it is suspended.
std::optional<WallTime> deadline_of(const Json& job, std::optional<WallTime> start);
std::optional<Verdict> judge_job(const Json& job, const JobTally& tally,
                                 std::optional<WallTime> start, WallTime now);

}  // namespace podrun::controllers
