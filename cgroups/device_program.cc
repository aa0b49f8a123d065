#include "cgroups/device_program.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

#include "base/error.h"
#include "cgroups/device_rules.h"

namespace podrun::cgroups {

namespace {

// The registers' roles. The kernel passes the context in r1 and takes the answer from r0.
constexpr std::uint8_t kAnswer = BPF_REG_0, kContext = BPF_REG_1, kType = BPF_REG_2,
                       kOpen = BPF_REG_3, kMajor = BPF_REG_4, kMinor = BPF_REG_5,
                       kScratch = BPF_REG_6;

constexpr std::uint32_t kTypeMask = 0xffff;
constexpr int kAccessShift = 16;  // access_type is (access << 16) | type
constexpr char kProgramName[] = "podrun_devices";
constexpr char kLicense[] = "Apache-2.0";  // it calls no helper, so that any will do

static_assert(kAccessMknod == BPF_DEVCG_ACC_MKNOD && kAccessRead == BPF_DEVCG_ACC_READ &&
              kAccessWrite == BPF_DEVCG_ACC_WRITE);

bpf_insn instruction(int code, std::uint8_t to, std::uint8_t from, int offset, std::int32_t value) {
  bpf_insn made{};
  made.code = static_cast<std::uint8_t>(code);
  made.dst_reg = to & 0xf;
  made.src_reg = from & 0xf;
  made.off = static_cast<std::int16_t>(offset);
  made.imm = value;
  return made;
}

bpf_insn load_word(std::uint8_t to, std::size_t offset) {
  return instruction(BPF_LDX | BPF_MEM | BPF_W, to, kContext, static_cast<int>(offset), 0);
}

bpf_insn compute(int operation, std::uint8_t to, std::uint32_t value) {
  return instruction(BPF_ALU | BPF_K | operation, to, 0, 0, static_cast<std::int32_t>(value));
}

bpf_insn copy(std::uint8_t to, std::uint8_t from) {
  return instruction(BPF_ALU | BPF_X | BPF_MOV, to, from, 0, 0);
}

// 32-bit comparison: device numbers above INT32_MAX are not sign-extended.
bpf_insn jump(int condition, std::uint8_t reg, std::uint32_t value, int offset) {
  return instruction(BPF_JMP32 | BPF_K | condition, reg, 0, offset,
                     static_cast<std::int32_t>(value));
}

class Writer {
 public:
  Writer() {
    program_ = {load_word(kType, offsetof(bpf_cgroup_dev_ctx, access_type)),
                copy(kOpen, kType),
                compute(BPF_AND, kType, kTypeMask),
                compute(BPF_RSH, kOpen, kAccessShift),
                load_word(kMajor, offsetof(bpf_cgroup_dev_ctx, major)),
                load_word(kMinor, offsetof(bpf_cgroup_dev_ctx, minor)),
                jump(BPF_JNE, kOpen, 0, 2)};
    append_answer(program_, 1);
  }

  // Rules come last one first. `open` holds the kinds of access that no rule has decided yet.
  void add(const DeviceRule& rule) {
    const std::uint32_t named = parse_device_access(rule.access);
    std::vector<bpf_insn> body;
    if (rule.allow) {
      body.push_back(compute(BPF_AND, kOpen, ~named & kAccessAll));
      body.push_back(jump(BPF_JNE, kOpen, 0, 2));
      append_answer(body, 1);
    } else {
      body.push_back(copy(kScratch, kOpen));
      body.push_back(compute(BPF_AND, kScratch, named));
      body.push_back(jump(BPF_JEQ, kScratch, 0, 2));
      append_answer(body, 0);
    }
    std::vector<std::pair<std::uint8_t, std::uint32_t>> conditions;
    if (rule.type != 'a')
      conditions.emplace_back(kType, rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
    if (rule.major) conditions.emplace_back(kMajor, static_cast<std::uint32_t>(*rule.major));
    if (rule.minor) conditions.emplace_back(kMinor, static_cast<std::uint32_t>(*rule.minor));
    std::size_t left = conditions.size();
    for (const auto& [reg, value] : conditions)
      program_.push_back(jump(BPF_JNE, reg, value, static_cast<int>(--left + body.size())));
    program_.insert(program_.end(), body.begin(), body.end());
  }

  std::vector<bpf_insn> finish() {
    append_answer(program_, 0);
    return std::move(program_);
  }

 private:
  static void append_answer(std::vector<bpf_insn>& to, std::uint32_t answer) {
    to.push_back(
        instruction(BPF_ALU64 | BPF_K | BPF_MOV, kAnswer, 0, 0, static_cast<std::int32_t>(answer)));
    to.push_back(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
  }

  std::vector<bpf_insn> program_;
};

int bpf(int command, bpf_attr& attributes) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

}  // namespace

std::vector<bpf_insn> make_device_program(const std::vector<DeviceRule>& rules) {
  const std::vector<DeviceRule> simple = simplify(rules);
  Writer writer;
  for (auto rule = simple.rbegin(); rule != simple.rend(); ++rule) {
    writer.add(*rule);
  }
  return writer.finish();
}

Fd load_device_program(const std::vector<bpf_insn>& program) {
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = address(program.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
  attributes.license = address(kLicense);
  static_assert(sizeof kProgramName <= sizeof attributes.prog_name);
  std::memcpy(attributes.prog_name, kProgramName, sizeof kProgramName);
  Fd loaded(bpf(BPF_PROG_LOAD, attributes));
  if (loaded) return loaded;
  const int failure = errno;
  if (failure == EPERM)
    throw Error("load the device program", failure, "it needs CAP_BPF or CAP_SYS_ADMIN");

  std::array<char, 4096> log{};
  attributes.log_level = 1;
  attributes.log_buf = address(log.data());
  attributes.log_size = log.size();
  Fd second(bpf(BPF_PROG_LOAD, attributes));
  if (second) return second;
  throw Error("load the device program", failure, log.data());
}

namespace {

// The device programs attached to this very cgroup, by their ids.
std::vector<std::uint32_t> attached_programs(int cgroup_fd) {
  std::array<std::uint32_t, 64> ids{};
  bpf_attr attributes{};
  attributes.query.target_fd = static_cast<std::uint32_t>(cgroup_fd);
  attributes.query.attach_type = BPF_CGROUP_DEVICE;
  attributes.query.prog_ids = address(ids.data());
  attributes.query.prog_cnt = ids.size();
  if (bpf(BPF_PROG_QUERY, attributes) != 0) throw_errno("ask for a cgroup's device programs");
  return {ids.begin(), ids.begin() + attributes.query.prog_cnt};
}

Fd program_by_id(std::uint32_t id) {
  bpf_attr attributes{};
  attributes.prog_id = id;
  return Fd(bpf(BPF_PROG_GET_FD_BY_ID, attributes));
}

bool is_ours(const Fd& program) {
  bpf_prog_info info{};
  bpf_attr attributes{};
  attributes.info.bpf_fd = static_cast<std::uint32_t>(program.get());
  attributes.info.info_len = sizeof info;
  attributes.info.info = address(&info);
  return bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) == 0 && std::strcmp(info.name, kProgramName) == 0;
}

Fd former_program(int cgroup_fd) {
  for (const std::uint32_t id : attached_programs(cgroup_fd))
    if (Fd program = program_by_id(id); program && is_ours(program)) return program;
  return {};
}

}  // namespace

void attach_device_program(int cgroup_fd, const Fd& program) {
  const Fd former = former_program(cgroup_fd);
  bpf_attr attributes{};
  attributes.target_fd = static_cast<std::uint32_t>(cgroup_fd);
  attributes.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  if (former) {
    attributes.attach_flags |= BPF_F_REPLACE;
    attributes.replace_bpf_fd = static_cast<std::uint32_t>(former.get());
  }
  if (bpf(BPF_PROG_ATTACH, attributes) != 0)
    throw_errno("attach the device program",
                "a cgroup above it may have a program that allows none below");
}

}  // namespace podrun::cgroups
