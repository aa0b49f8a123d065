// The default profile compiled by libseccomp. Not linked into podrun-pod: see runtime/seccomp.h.
#pragma once

#include <string>
#include <vector>

#include "runtime/spec.h"

namespace podrun::runtime {

/// The program for a container whose bounding set is `capabilities`.
SeccompProgram compile_seccomp(const std::vector<std::string>& capabilities);

}  // namespace podrun::runtime
