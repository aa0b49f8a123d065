// Steps in words, for errors and remarks.
#pragma once

#include <string>

#include "runtime/birth.h"
#include "runtime/plan.h"

namespace podrun::runtime {

/// What the step does, with its object: "mount proc at /proc".
std::string describe(const Step& step);

/// The failure that the plan recorded.
BirthFailure describe_failure(const Plan& plan);
/// The child ended by `signal` (0: unknown) before its time.
BirthFailure describe_death(const Plan& plan, int signal);
/// What was cut short: "set RLIMIT_NOFILE to 1048576: cut to this process's own hard limit: …".
std::string describe_cut_short(const Step& step, int error);

}  // namespace podrun::runtime
