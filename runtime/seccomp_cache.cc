// Programs for other than the default capabilities, compiled once.
#include <linux/filter.h>

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "runtime/capabilities.h"
#include "runtime/seccomp.h"
#include "runtime/seccomp_compile.h"
#include "runtime/seccomp_profile.h"

namespace podrun::runtime {

namespace {

/// FNV-1a, 64 bits (RFC draft-eastlake-fnv).
std::uint64_t hash(std::string_view text, std::uint64_t seed = 0xcbf29ce484222325) {
  for (const char letter : text) {
    seed ^= static_cast<unsigned char>(letter);
    seed *= 0x100000001b3;
  }
  return seed;
}

/// What the program depends on, all of it: the embedded program stands for profile, compiler and
/// architecture.
std::string cache_key(CapabilityMask mask) {
  const std::uint64_t key = hash(std::to_string(mask), hash(default_seccomp_program()));
  char text[24];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(key));
  return text;
}

bool is_program(const std::string& bytes) {
  return !bytes.empty() && bytes.size() % sizeof(sock_filter) == 0 &&
         bytes.size() / sizeof(sock_filter) <= BPF_MAXINSNS;
}

}  // namespace

SeccompProgram compile_default_seccomp(const std::vector<std::string>& capabilities,
                                       const std::string& cache_dir) {
  const CapabilityMask mask = capability_mask(capabilities);
  if (mask == capability_mask(default_capabilities())) return default_seccomp_program();
  const std::string path = cache_dir + "/seccomp-" + cache_key(mask) + ".bpf";
  if (!cache_dir.empty())
    if (auto cached = read_file_if_exists(path); cached && is_program(*cached)) return *cached;
  SeccompProgram program = compile_seccomp(capability_names(mask));
  if (!cache_dir.empty()) {
    make_dirs(cache_dir, 0700);
    replace_file(path, program, 0600);
  }
  return program;
}

}  // namespace podrun::runtime
