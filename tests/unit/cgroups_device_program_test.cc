// The BPF program against the rules that it was made from, on an interpreter of the few
// instructions that it uses.
#include <gtest/gtest.h>

#include <random>

#include "cgroups/device_program.h"
#include "cgroups/device_rules.h"

namespace podrun::cgroups {
namespace {

struct Machine {
  std::uint64_t registers[BPF_REG_10 + 1] = {};
  std::uint32_t context[3];  // access_type, major, minor

  std::uint64_t value(const bpf_insn& i) const {
    return BPF_SRC(i.code) == BPF_X ? registers[i.src_reg] : static_cast<std::uint32_t>(i.imm);
  }
  void compute(const bpf_insn& i) {
    auto to = static_cast<std::uint32_t>(registers[i.dst_reg]);
    const auto from = static_cast<std::uint32_t>(value(i));
    switch (BPF_OP(i.code)) {
      case BPF_MOV:
        to = from;
        break;
      case BPF_AND:
        to &= from;
        break;
      case BPF_RSH:
        to >>= from;
        break;
      default:
        ADD_FAILURE() << "operation " << static_cast<int>(i.code);
    }
    registers[i.dst_reg] = to;
  }
  // Nothing where the program leaves its bounds or uses what this does not know.
  std::optional<std::uint64_t> run(const std::vector<bpf_insn>& program) {
    for (std::size_t at = 0; at < program.size(); ++at) {
      const bpf_insn& i = program[at];
      switch (BPF_CLASS(i.code)) {
        case BPF_LDX:
          registers[i.dst_reg] = context[i.off / 4];
          break;
        case BPF_ALU:
        case BPF_ALU64:
          compute(i);
          break;
        case BPF_JMP:
          return BPF_OP(i.code) == BPF_EXIT ? std::optional(registers[BPF_REG_0]) : std::nullopt;
        case BPF_JMP32: {
          const bool same = static_cast<std::uint32_t>(registers[i.dst_reg]) == value(i);
          if (same == (BPF_OP(i.code) == BPF_JEQ)) at += static_cast<std::size_t>(i.off);
          break;
        }
        default:
          return std::nullopt;
      }
    }
    return std::nullopt;
  }
};

bool answer(const std::vector<bpf_insn>& program, char type, std::int64_t major, std::int64_t minor,
            std::uint32_t access) {
  const std::uint32_t kind = type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR;
  Machine machine{.context = {access << 16 | kind, static_cast<std::uint32_t>(major),
                              static_cast<std::uint32_t>(minor)}};
  const auto result = machine.run(program);
  EXPECT_TRUE(result && *result <= 1);
  return result == 1u;
}

void expect_same(const std::vector<DeviceRule>& rules) {
  const auto program = make_device_program(rules);
  for (const char type : {'b', 'c'})
    for (const std::int64_t major : {0LL, 1LL, 2LL, 0xffffffffLL})
      for (const std::int64_t minor : {0LL, 3LL, 5LL, 0xfffffffeLL})
        for (std::uint32_t access = 0; access <= kAccessAll; ++access)
          ASSERT_EQ(answer(program, type, major, minor, access),
                    allows(rules, type, major, minor, access))
              << type << " " << major << ":" << minor << " access " << access;
}

TEST(DeviceProgram, AnswersAsTheRulesDo) {
  expect_same({});
  expect_same({{.allow = true}});
  expect_same({{.allow = false}, {true, 'c', 1, 3, "rwm"}, {true, 'c', 1, {}, "m"}});
  expect_same({{true, 'a', {}, {}, "rwm"}, {false, 'b', 0xffffffff, {}, "w"}});
  expect_same({{true, 'c', 1, {}, "rwm"}, {false, 'c', 1, 5, "w"}, {true, 'a', {}, 5, "r"}});
}

TEST(DeviceProgram, AnswersAsRandomRulesDo) {
  std::mt19937 random(7);
  const auto pick = [&](auto... choices) {
    const std::array values{choices...};
    return values[random() % values.size()];
  };
  using Number = std::optional<std::int64_t>;
  for (int round = 0; round < 300; ++round) {
    std::vector<DeviceRule> rules;
    for (std::size_t count = random() % 8; count > 0; --count)
      rules.push_back({random() % 2 == 0, pick('a', 'b', 'c'),
                       pick(Number(), Number(0), Number(1), Number(0xffffffff)),
                       pick(Number(), Number(3), Number(5), Number(0xfffffffe)),
                       pick("r", "w", "m", "rw", "wm", "rwm", "")});
    expect_same(rules);
    expect_same(simplify(rules));
  }
}

}  // namespace
}  // namespace podrun::cgroups
