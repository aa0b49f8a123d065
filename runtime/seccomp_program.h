// A seccomp filter from verdicts per system call: neighbours with the same verdict become one
// range, and the ranges a binary search. Such a program is a sixth of the size of one that
// compares number by number, and loading a filter costs in proportion (the kernel checks, compiles
// and tries it with every call number).
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "runtime/spec.h"

namespace podrun::runtime {

/// What a call gets. Arguments are compared as the kernel takes them: the low 32 bits of the first,
/// so that a bit above them cannot hide a value.
struct SeccompVerdict {
  enum class Kind { kAllow, kErrno, kAnyOf, kNoneOfBits } kind = Kind::kErrno;
  std::uint32_t value = 0;  // kErrno: the errno; kNoneOfBits: the forbidden bits
  struct Condition {
    enum class Compare { kLess, kEqual, kGreater } compare;
    std::uint32_t value;
    bool operator==(const Condition&) const = default;
  };
  std::vector<Condition> any_of;  // kAnyOf: one is enough, else EPERM
  bool operator==(const SeccompVerdict&) const = default;
};

/// The rules of one architecture.
struct SeccompArchitecture {
  std::uint32_t audit_token = 0;           // AUDIT_ARCH_…
  std::uint32_t number_mask = 0xffffffff;  // what of a number counts (x32 marks its own with a bit)
  std::map<std::uint32_t, SeccompVerdict> calls;  // all others: EPERM …
  std::uint32_t newest = 0;                       // … and above this number: ENOSYS
};

/// Other architectures than these get EPERM.
SeccompProgram assemble_seccomp(const std::vector<SeccompArchitecture>& architectures);

}  // namespace podrun::runtime
