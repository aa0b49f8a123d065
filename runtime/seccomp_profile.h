// The default seccomp profile as data: which system calls a container may make. It follows what
// docker, podman and containerd allow, so that images which run there run here. Plain words; the
// compiler (runtime/seccomp_compile.h) makes a program of it.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/seccomp_program.h"

namespace podrun::runtime::seccomp_profile {

/// For every container; names of other architectures are skipped where they do not exist.
constexpr std::string_view kAllowed =
    // files
    "access chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 "
    "faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat "
    "fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync flock fstat fstat64 fstatat64 "
    "fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents getdents64 "
    "inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioctl lchown lchown32 link "
    "linkat listmount _llseek lseek lstat lstat64 mkdir mkdirat mknod mknodat name_to_handle_at "
    "newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read "
    "readahead "
    "readlink readlinkat readv rename renameat renameat2 rmdir sendfile sendfile64 splice stat "
    "stat64 statfs statfs64 statmount statx symlink symlinkat sync sync_file_range syncfs tee "
    "truncate truncate64 umask unlink unlinkat utime utimensat utimensat_time64 utimes vmsplice "
    "write writev pipe pipe2 cachestat "
    // extended attributes
    "fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr "
    "listxattrat llistxattr lremovexattr lsetxattr removexattr removexattrat setxattr setxattrat "
    // waiting
    "epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait "
    "epoll_wait_old eventfd eventfd2 futex futex_requeue futex_time64 futex_wait futex_waitv "
    "futex_wake io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup "
    "io_submit _newselect poll ppoll ppoll_time64 pselect6 pselect6_time64 select signalfd "
    "signalfd4 "
    // memory
    "brk madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 "
    "mlockall mmap mmap2 mprotect mremap mseal msync munlock munlockall munmap pkey_alloc "
    "pkey_free "
    "pkey_mprotect process_mrelease remap_file_pages "
    // sockets; socket(2) itself is below
    "accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg "
    "recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketcall "
    "socketpair "
    // System V and POSIX ipc
    "ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend "
    "mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop "
    "semtimedop_time64 shmat shmctl shmdt shmget "
    // processes, users, limits
    "capget capset execve execveat exit exit_group fork getegid getegid32 geteuid geteuid32 getgid "
    "getgid32 getgroups getgroups32 getpgid getpgrp getpid getppid getpriority getresgid "
    "getresgid32 getresuid getresuid32 getrlimit getrusage getsid gettid getuid getuid32 "
    "ioprio_get "
    "ioprio_set kill landlock_add_rule landlock_create_ruleset landlock_restrict_self pidfd_open "
    "pidfd_send_signal prctl prlimit64 process_vm_readv process_vm_writev ptrace seccomp setfsgid "
    "setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setpgid setpriority "
    "setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit "
    "setsid setuid setuid32 tgkill times tkill ugetrlimit vfork wait4 waitid waitpid "
    // threads and scheduling
    "get_robust_list get_thread_area getcpu restart_syscall rseq sched_get_priority_max "
    "sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler "
    "sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr "
    "sched_setparam sched_setscheduler sched_yield set_robust_list set_thread_area set_tid_address "
    // signals
    "pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend "
    "rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack sigprocmask sigreturn "
    "uretprobe "
    // time
    "adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime "
    "clock_gettime64 clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep "
    "setitimer time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 "
    "timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 "
    "timerfd_settime "
    "timerfd_settime64 "
    // the system
    "getrandom sysinfo uname riscv_hwprobe";

/// Of one family of processors.
constexpr std::string_view kAllowedX86 = "arch_prctl modify_ldt";
constexpr std::string_view kAllowedArm =
    "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls";
constexpr std::string_view kAllowedRiscv = "riscv_flush_icache";

/// More for who has a capability (in the bounding set).
struct WithCapability {
  std::string_view capability;
  std::string_view allowed;
};
constexpr WithCapability kWithCapability[] = {
    {"CAP_BPF", "bpf"},
    {"CAP_DAC_READ_SEARCH", "open_by_handle_at"},
    {"CAP_PERFMON", "perf_event_open"},
    {"CAP_SYS_ADMIN",
     "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie "
     "lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount "
     "open_tree "
     "perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 "
     "unshare"},
    {"CAP_SYS_BOOT", "reboot"},
    {"CAP_SYS_CHROOT", "chroot"},
    {"CAP_SYS_MODULE", "delete_module finit_module init_module"},
    {"CAP_SYS_NICE", "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"},
    {"CAP_SYS_PACCT", "acct"},
    {"CAP_SYS_PTRACE",
     "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace"},
    {"CAP_SYS_RAWIO", "ioperm iopl"},
    {"CAP_SYS_TIME", "clock_settime clock_settime64 settimeofday stime"},
    {"CAP_SYS_TTY_CONFIG", "vhangup"},
    {"CAP_SYSLOG", "syslog"},
};

/// Calls that are allowed for some values of their first argument only.
struct WithArgument {
  std::string_view call;
  SeccompVerdict::Condition::Compare compare;
  std::uint32_t value;
};
constexpr auto kLess = SeccompVerdict::Condition::Compare::kLess;
constexpr auto kEqual = SeccompVerdict::Condition::Compare::kEqual;
constexpr auto kGreater = SeccompVerdict::Condition::Compare::kGreater;
constexpr WithArgument kWithArgument[] = {
    // All address families but AF_ALG (38), the kernel's crypto, and AF_VSOCK (40), a way to the
    // hypervisor that no network namespace cuts.
    {"socket", kLess, 38},
    {"socket", kEqual, 39},
    {"socket", kGreater, 40},
    // PER_LINUX, PER_LINUX32, with and without UNAME26; 0xffffffff asks which.
    {"personality", kEqual, 0x0},
    {"personality", kEqual, 0x8},
    {"personality", kEqual, 0x20000},
    {"personality", kEqual, 0x20008},
    {"personality", kEqual, 0xffffffff},
};

/// clone(2) without CAP_SYS_ADMIN: none of the CLONE_NEW… flags. Its flags are the first argument
/// (on s390 the second).
constexpr std::uint32_t kCloneForbidden = 0x7e020000;

/// Calls that libseccomp 2.5 does not know yet. From 424 on all architectures count alike.
struct NewCall {
  std::string_view call;
  std::uint32_t number;
};
constexpr NewCall kNewCalls[] = {
    {"cachestat", 451},         {"fchmodat2", 452},        {"map_shadow_stack", 453},
    {"futex_wake", 454},        {"futex_wait", 455},       {"futex_requeue", 456},
    {"statmount", 457},         {"listmount", 458},        {"lsm_get_self_attr", 459},
    {"lsm_set_self_attr", 460}, {"lsm_list_modules", 461}, {"mseal", 462},
    {"setxattrat", 463},        {"getxattrat", 464},       {"listxattrat", 465},
    {"removexattrat", 466},
};
/// What is newer than this profile answers ENOSYS, not EPERM: programs then fall back to an older
/// call.
constexpr std::uint32_t kNewestCall = 466;

}  // namespace podrun::runtime::seccomp_profile
