// The seccomp programs, run by an interpreter for every call number, and for real in a child.
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/files.h"
#include "runtime/seccomp.h"
#include "runtime/seccomp_program.h"

namespace podrun::runtime {
namespace {

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t error(int number) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(number);
}

/// Classic BPF, as far as our programs use it.
std::uint32_t interpret(const SeccompProgram& program, const seccomp_data& data) {
  const std::size_t count = program.size() / sizeof(sock_filter);
  std::uint32_t accumulator = 0;
  for (std::size_t pc = 0; pc < count; ++pc) {
    sock_filter code{};
    std::memcpy(&code, program.data() + pc * sizeof code, sizeof code);
    const bool jump = BPF_CLASS(code.code) == BPF_JMP;
    bool taken = false;
    switch (code.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&accumulator, reinterpret_cast<const char*>(&data) + code.k, 4);
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        accumulator &= code.k;
        break;
      case BPF_RET | BPF_K:
        return code.k;
      case BPF_JMP | BPF_JA:
        pc += code.k;
        continue;
      case BPF_JMP | BPF_JEQ | BPF_K:
        taken = accumulator == code.k;
        break;
      case BPF_JMP | BPF_JGT | BPF_K:
        taken = accumulator > code.k;
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        taken = accumulator >= code.k;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        taken = (accumulator & code.k) != 0;
        break;
      default:
        ADD_FAILURE() << "unexpected instruction " << code.code;
        return 0;
    }
    if (jump) pc += taken ? code.jt : code.jf;
  }
  ADD_FAILURE() << "the program has no end";
  return 0;
}

std::uint32_t ask(const SeccompProgram& program, std::uint32_t arch, std::uint32_t number,
                  std::uint64_t argument = 0) {
  seccomp_data data{};
  data.arch = arch;
  data.nr = static_cast<int>(number);
  data.args[0] = argument;
  return interpret(program, data);
}

TEST(SeccompProgram, GivesEveryNumberItsVerdict) {
  using Kind = SeccompVerdict::Kind;
  SeccompArchitecture first;
  first.audit_token = 1;
  first.newest = 900;
  for (std::uint32_t number = 0; number < 900; ++number) {
    if (number % 3 == 0) first.calls[number] = {Kind::kAllow, 0, {}};
    if (number % 7 == 0) first.calls[number] = {Kind::kErrno, number, {}};
  }
  SeccompArchitecture second;
  second.audit_token = 2;
  second.newest = 10;
  second.calls[5] = {Kind::kAllow, 0, {}};
  const SeccompProgram program = assemble_seccomp({first, second});
  for (std::uint32_t number = 0; number < 1000; ++number) {
    std::uint32_t expected = number > 900 ? error(ENOSYS) : error(EPERM);
    if (const auto call = first.calls.find(number); call != first.calls.end())
      expected = call->second.kind == Kind::kAllow ? kAllow : error(static_cast<int>(number));
    ASSERT_EQ(ask(program, 1, number), expected) << number;
    ASSERT_EQ(ask(program, 2, number), number == 5    ? kAllow
                                       : number <= 10 ? error(EPERM)
                                                      : error(ENOSYS));
    ASSERT_EQ(ask(program, 3, number), error(EPERM));
  }
  EXPECT_EQ(ask(program, 1, 0xffffffff), error(ENOSYS));
}

TEST(SeccompProgram, ComparesArguments) {
  using Compare = SeccompVerdict::Condition::Compare;
  SeccompArchitecture one;
  one.audit_token = 1;
  one.newest = 10;
  one.calls[3] = {SeccompVerdict::Kind::kAnyOf,
                  0,
                  {{Compare::kLess, 5}, {Compare::kEqual, 7}, {Compare::kGreater, 9}}};
  one.calls[4] = {SeccompVerdict::Kind::kNoneOfBits, 0x30, {}};
  const SeccompProgram program = assemble_seccomp({one});
  for (const std::uint64_t argument : {0, 4, 7, 10, 1000})
    EXPECT_EQ(ask(program, 1, 3, argument), kAllow) << argument;
  for (const std::uint64_t argument : {5ull, 6ull, 8ull, 9ull, (1ull << 32) + 6})
    EXPECT_EQ(ask(program, 1, 3, argument), error(EPERM)) << argument;
  EXPECT_EQ(ask(program, 1, 4, 0xffffffcf), kAllow);
  EXPECT_EQ(ask(program, 1, 4, 0x10), error(EPERM));
  EXPECT_EQ(ask(program, 1, 2), error(EPERM));
  EXPECT_EQ(ask(program, 1, 5), error(EPERM));
}

#ifdef __x86_64__
TEST(SeccompProfile, AllowsAndForbidsByDefault) {
  const SeccompProgram& program = default_seccomp_program();
  constexpr std::uint32_t kNative = AUDIT_ARCH_X86_64;
  for (const long call : {SYS_read, SYS_execve, SYS_openat2, SYS_futex, SYS_chroot, SYS_ptrace,
                          SYS_capset, SYS_arch_prctl, SYS_rseq, SYS_close_range})
    EXPECT_EQ(ask(program, kNative, static_cast<std::uint32_t>(call)), kAllow) << call;
  for (const long call :
       {SYS_mount, SYS_umount2, SYS_setns, SYS_unshare, SYS_bpf, SYS_reboot, SYS_kexec_load,
        SYS_init_module, SYS_keyctl, SYS_add_key, SYS_io_uring_setup, SYS_open_by_handle_at,
        SYS_settimeofday, SYS_swapon, SYS_userfaultfd, SYS_pivot_root, SYS_move_mount, SYS_syslog})
    EXPECT_EQ(ask(program, kNative, static_cast<std::uint32_t>(call)), error(EPERM)) << call;
  EXPECT_EQ(ask(program, kNative, SYS_clone3), error(ENOSYS));
  EXPECT_EQ(ask(program, kNative, 1000), error(ENOSYS));
  EXPECT_EQ(ask(program, kNative, 452), kAllow);               // fchmodat2: newer than libseccomp
  EXPECT_EQ(ask(program, AUDIT_ARCH_I386, 102), kAllow);       // socketcall
  EXPECT_EQ(ask(program, AUDIT_ARCH_I386, 21), error(EPERM));  // mount
  EXPECT_EQ(ask(program, kNative, 0x40000000 | 1), kAllow);    // x32 write
  EXPECT_EQ(ask(program, kNative, 0x40000000 | 165), error(EPERM));  // x32 mount
  EXPECT_EQ(ask(program, kNative, 0xffffffff), error(ENOSYS));
  EXPECT_EQ(ask(program, AUDIT_ARCH_AARCH64, 0), error(EPERM));
}

TEST(SeccompProfile, LooksAtArguments) {
  const SeccompProgram& program = default_seccomp_program();
  constexpr std::uint32_t kNative = AUDIT_ARCH_X86_64;
  EXPECT_EQ(ask(program, kNative, SYS_socket, AF_INET), kAllow);
  EXPECT_EQ(ask(program, kNative, SYS_socket, AF_UNIX), kAllow);
  EXPECT_EQ(ask(program, kNative, SYS_socket, AF_NETLINK), kAllow);
  EXPECT_EQ(ask(program, kNative, SYS_socket, AF_ALG), error(EPERM));
  EXPECT_EQ(ask(program, kNative, SYS_socket, AF_VSOCK), error(EPERM));
  EXPECT_EQ(ask(program, kNative, SYS_socket, (1ull << 32) | AF_VSOCK), error(EPERM));
  EXPECT_EQ(ask(program, kNative, SYS_personality, PER_LINUX), kAllow);
  EXPECT_EQ(ask(program, kNative, SYS_personality, ADDR_NO_RANDOMIZE), error(EPERM));
  EXPECT_EQ(ask(program, kNative, SYS_clone, CLONE_VM | CLONE_THREAD), kAllow);
  for (const unsigned long flag : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET,
                                   CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP})
    EXPECT_EQ(ask(program, kNative, SYS_clone, flag), error(EPERM)) << flag;
}

TEST(SeccompProfile, FollowsCapabilities) {
  const SeccompProgram admin = compile_default_seccomp({"CAP_SYS_ADMIN"}, "");
  EXPECT_EQ(ask(admin, AUDIT_ARCH_X86_64, SYS_mount), kAllow);
  EXPECT_EQ(ask(admin, AUDIT_ARCH_X86_64, SYS_clone3), kAllow);
  EXPECT_EQ(ask(admin, AUDIT_ARCH_X86_64, SYS_clone, CLONE_NEWUSER), kAllow);
  EXPECT_EQ(ask(admin, AUDIT_ARCH_X86_64, SYS_chroot), error(EPERM));
  EXPECT_EQ(ask(admin, AUDIT_ARCH_X86_64, SYS_kexec_load), error(EPERM));
}
#endif

TEST(SeccompProfile, IsCachedByContent) {
  char folder[] = "/tmp/podrun-seccomp-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string cache = std::string(folder) + "/cache";
  const SeccompProgram first = compile_default_seccomp({"CAP_SYS_TIME"}, cache);
  const SeccompProgram again = compile_default_seccomp({"CAP_SYS_TIME"}, cache);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, compile_default_seccomp({"CAP_SYS_BOOT"}, cache));
  EXPECT_EQ(compile_default_seccomp(default_capabilities(), cache), default_seccomp_program());
  remove_tree(folder);
}

int in_child(int (*act)()) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(act());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(SeccompProfile, IsLoadedByTheKernel) {
  EXPECT_EQ(in_child([] {
              const SeccompProgram& program = default_seccomp_program();
              std::vector<sock_filter> code(program.size() / sizeof(sock_filter));
              std::memcpy(code.data(), program.data(), program.size());
              sock_fprog filter{static_cast<unsigned short>(code.size()), code.data()};
              if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 1;
              if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) return 2;
              if (::syscall(SYS_unshare, CLONE_NEWUSER) == 0 || errno != EPERM) return 3;
              if (::syscall(SYS_clone3, nullptr, 0) == 0 || errno != ENOSYS) return 4;
              return ::getppid() > 0 ? 0 : 5;
            }),
            0);
}

}  // namespace
}  // namespace podrun::runtime
