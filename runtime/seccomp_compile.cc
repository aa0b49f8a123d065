#include "runtime/seccomp_compile.h"

#include <linux/audit.h>
#include <seccomp.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/error.h"
#include "runtime/seccomp_profile.h"
#include "runtime/seccomp_program.h"

namespace podrun::runtime {

namespace {

namespace profile = seccomp_profile;

constexpr std::uint32_t kX32Bit = 0x40000000;  // __X32_SYSCALL_BIT

/// An architecture, with the tables of libseccomp that its numbers come from.
struct Target {
  std::uint32_t audit_token;
  std::vector<std::uint32_t> tables;  // SCMP_ARCH_…
  std::string_view own_calls;
};

std::vector<Target> targets() {
  switch (::seccomp_arch_native()) {
    case SCMP_ARCH_X86_64:
      return {{AUDIT_ARCH_X86_64, {SCMP_ARCH_X86_64, SCMP_ARCH_X32}, profile::kAllowedX86},
              {AUDIT_ARCH_I386, {SCMP_ARCH_X86}, profile::kAllowedX86}};
    case SCMP_ARCH_AARCH64:
      return {{AUDIT_ARCH_AARCH64, {SCMP_ARCH_AARCH64}, profile::kAllowedArm},
              {AUDIT_ARCH_ARM, {SCMP_ARCH_ARM}, profile::kAllowedArm}};
    case SCMP_ARCH_RISCV64:
      return {{AUDIT_ARCH_RISCV64, {SCMP_ARCH_RISCV64}, profile::kAllowedRiscv}};
    default:
      throw Error("compile the seccomp profile: this processor is not supported");
  }
}

class Rules {
 public:
  explicit Rules(const Target& target) : target_(target) {
    rules_.audit_token = target.audit_token;
    if (target.audit_token == AUDIT_ARCH_X86_64) rules_.number_mask = ~kX32Bit;
    rules_.newest = profile::kNewestCall;
  }

  void set(std::string_view call, const SeccompVerdict& verdict) {
    for (const profile::NewCall& known : profile::kNewCalls)
      if (known.call == call) rules_.calls[known.number] = verdict;
    const std::string name(call);
    for (const std::uint32_t table : target_.tables) {
      const int number = ::seccomp_syscall_resolve_name_arch(table, name.c_str());
      // Negative: not here, or not known.
      if (number >= 0) rules_.calls[static_cast<std::uint32_t>(number) & ~kX32Bit] = verdict;
    }
  }
  void allow(std::string_view words) {
    while (!words.empty()) {
      const auto space = words.find(' ');
      set(words.substr(0, space), {SeccompVerdict::Kind::kAllow, 0, {}});
      words = space == std::string_view::npos ? "" : words.substr(space + 1);
    }
  }
  const SeccompArchitecture& get() const { return rules_; }

 private:
  const Target& target_;
  SeccompArchitecture rules_;
};

SeccompVerdict verdict_of(std::string_view call) {
  SeccompVerdict verdict{SeccompVerdict::Kind::kAnyOf, 0, {}};
  for (const auto& rule : profile::kWithArgument)
    if (rule.call == call) verdict.any_of.push_back({rule.compare, rule.value});
  return verdict;
}

}  // namespace

SeccompProgram compile_seccomp(const std::vector<std::string>& capabilities) {
  const auto has = [&](std::string_view capability) {
    return std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
  };
  std::vector<SeccompArchitecture> architectures;
  const std::vector<Target> all = targets();
  for (const Target& target : all) {
    Rules rules(target);
    for (const auto& rule : profile::kWithArgument) rules.set(rule.call, verdict_of(rule.call));
    rules.set("clone", {SeccompVerdict::Kind::kNoneOfBits, profile::kCloneForbidden, {}});
    // Its flags are in memory, out of a filter's sight; on ENOSYS programs fall back to clone.
    rules.set("clone3", {SeccompVerdict::Kind::kErrno, ENOSYS, {}});
    rules.allow(profile::kAllowed);
    rules.allow(target.own_calls);
    for (const auto& group : profile::kWithCapability)
      if (has(group.capability)) rules.allow(group.allowed);
    architectures.push_back(rules.get());
  }
  return assemble_seccomp(architectures);
}

}  // namespace podrun::runtime
