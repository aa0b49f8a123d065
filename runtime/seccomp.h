// Seccomp profiles compiled to BPF. The default profile for the default capabilities is compiled
// when podrun is built.
#pragma once

#include <string>
#include <vector>

#include "runtime/spec.h"

namespace podrun::runtime {

/// The default profile (the system calls that docker's and podman's allow) as a program ready to
/// load, embedded at build time.
const SeccompProgram& default_seccomp_program();

/// The default profile for other capabilities: some calls are allowed only with CAP_SYS_ADMIN and
/// the like. Compiled by libseccomp in the library podrun_seccomp (not linked into podrun-pod) and
/// cached under `cache_dir` by content.
SeccompProgram compile_default_seccomp(const std::vector<std::string>& capabilities,
                                       const std::string& cache_dir);

}  // namespace podrun::runtime
