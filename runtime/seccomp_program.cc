#include "runtime/seccomp_program.h"

#include <endian.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "base/error.h"

namespace podrun::runtime {

namespace {

using Kind = SeccompVerdict::Kind;
using Compare = SeccompVerdict::Condition::Compare;

constexpr std::uint32_t kFirstArgument =
    offsetof(seccomp_data, args) + (BYTE_ORDER == BIG_ENDIAN ? 4 : 0);

sock_filter statement(unsigned code, std::uint32_t value) {
  return {static_cast<std::uint16_t>(code), 0, 0, value};
}
std::uint32_t allow() { return SECCOMP_RET_ALLOW; }
std::uint32_t refuse(std::uint32_t error) { return SECCOMP_RET_ERRNO | (error & SECCOMP_RET_DATA); }

/// Code written from its end to its beginning: jumps go forward only, so what one leads to is
/// there already, and one return serves all that can reach it.
class BackwardCode {
 public:
  /// A place in the code, counted from the end.
  using Place = std::size_t;

  Place add(sock_filter instruction) {
    code_.push_back(instruction);
    return code_.size() - 1;
  }
  Place load(std::uint32_t offset) { return add(statement(BPF_LD | BPF_W | BPF_ABS, offset)); }
  Place give(std::uint32_t action) {
    const auto known = returns_.find(action);
    if (known != returns_.end() && distance(known->second) < kNear) return known->second;
    return returns_[action] = add(statement(BPF_RET | BPF_K, action));
  }
  Place compare(unsigned how, std::uint32_t value, Place if_true, Place if_false) {
    if_true = near(if_true);
    if_false = near(if_false);
    return add({static_cast<std::uint16_t>(BPF_JMP | how | BPF_K),
                static_cast<std::uint8_t>(distance(if_true)),
                static_cast<std::uint8_t>(distance(if_false)), value});
  }
  /// `place`, or a jump to it, is what the next instruction added falls through to.
  void fall_through_to(Place place) {
    if (distance(place) != 0) jump_to(place);
  }
  SeccompProgram finish() {
    if (code_.size() > BPF_MAXINSNS) throw Error("assemble a seccomp filter: it is too long");
    std::reverse(code_.begin(), code_.end());
    return std::string(reinterpret_cast<const char*>(code_.data()), code_.size() * sizeof code_[0]);
  }

 private:
  // A conditional jump's distance is one byte; room for the jumps that near() adds.
  static constexpr std::size_t kNear = 250;

  /// From an instruction that is added now.
  std::size_t distance(Place place) const { return code_.size() - 1 - place; }
  Place jump_to(Place place) {
    return add(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(distance(place))));
  }
  Place near(Place place) { return distance(place) < kNear ? place : jump_to(place); }

  std::vector<sock_filter> code_;
  std::map<std::uint32_t, Place> returns_;
};
using Place = BackwardCode::Place;

Place write_any_of(BackwardCode& code, const SeccompVerdict& verdict) {
  Place next = code.give(refuse(EPERM));
  for (auto condition = verdict.any_of.rbegin(); condition != verdict.any_of.rend(); ++condition) {
    const Place allowed = code.give(allow());
    if (condition->compare == Compare::kEqual)
      next = code.compare(BPF_JEQ, condition->value, allowed, next);
    else if (condition->compare == Compare::kGreater)
      next = code.compare(BPF_JGT, condition->value, allowed, next);
    else
      next = code.compare(BPF_JGE, condition->value, next, allowed);
  }
  code.fall_through_to(next);
  return code.load(kFirstArgument);
}

Place write_verdict(BackwardCode& code, const SeccompVerdict& verdict) {
  switch (verdict.kind) {
    case Kind::kAllow:
      return code.give(allow());
    case Kind::kErrno:
      return code.give(refuse(verdict.value));
    case Kind::kNoneOfBits: {
      const Place refused = code.give(refuse(EPERM));
      code.compare(BPF_JSET, verdict.value, refused, code.give(allow()));
      return code.load(kFirstArgument);
    }
    case Kind::kAnyOf:
      break;
  }
  return write_any_of(code, verdict);
}

struct Range {
  std::uint32_t first;  // it ends where the next begins
  SeccompVerdict verdict;
};

std::vector<Range> find_ranges(const SeccompArchitecture& architecture) {
  const SeccompVerdict forbidden{Kind::kErrno, EPERM, {}};
  const SeccompVerdict unknown{Kind::kErrno, ENOSYS, {}};
  std::vector<Range> ranges;
  const auto add = [&](std::uint32_t first, const SeccompVerdict& verdict) {
    if (ranges.empty() || !(ranges.back().verdict == verdict)) ranges.push_back({first, verdict});
  };
  std::uint32_t next = 0;
  for (const auto& [number, verdict] : architecture.calls) {
    if (number > next) add(next, forbidden);
    add(number, verdict);
    next = number + 1;
  }
  if (next <= architecture.newest) add(next, forbidden);
  add(std::max(next, architecture.newest + 1), unknown);
  return ranges;
}

/// The search among ranges [begin, end), the number being loaded.
Place write_search(BackwardCode& code, const std::vector<Range>& ranges, std::size_t begin,
                   std::size_t end) {
  if (end - begin == 1) return write_verdict(code, ranges[begin].verdict);
  const std::size_t middle = begin + (end - begin) / 2;
  const Place above = write_search(code, ranges, middle, end);
  const Place below = write_search(code, ranges, begin, middle);
  return code.compare(BPF_JGE, ranges[middle].first, above, below);
}

}  // namespace

SeccompProgram assemble_seccomp(const std::vector<SeccompArchitecture>& architectures) {
  BackwardCode code;
  Place next = code.give(refuse(EPERM));
  for (auto each = architectures.rbegin(); each != architectures.rend(); ++each) {
    const std::vector<Range> ranges = find_ranges(*each);
    code.fall_through_to(write_search(code, ranges, 0, ranges.size()));
    if (each->number_mask != 0xffffffff)
      code.add(statement(BPF_ALU | BPF_AND | BPF_K, each->number_mask));
    const Place calls = code.load(offsetof(seccomp_data, nr));
    next = code.compare(BPF_JEQ, each->audit_token, calls, next);
  }
  code.fall_through_to(next);
  code.load(offsetof(seccomp_data, arch));
  return code.finish();
}

}  // namespace podrun::runtime
