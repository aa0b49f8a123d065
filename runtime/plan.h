// A birth as flat data: the list of steps that a child takes between clone3 and execve, in memory
// that parent and child share. Everything in it is resolved: numbers, descriptors, strings.
// The child runs the steps in order in one switch (runtime/child.h); the first that fails ends it,
// and its number in the list is all that must be told for a full error text
// (runtime/describe.h).
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace podrun::runtime {

/// What a step does. The comment gives the fields of Step that it uses.
enum class StepKind : std::uint16_t {
  kClone,          // by the parent: the clone3 itself
  kMapIds,         // by the parent: path uid_map text, text gid_map text
  kEnterCgroup,    // fd: the file `tasks` of a v1 hierarchy; text: the hierarchy's name
  kAwaitMaps,      // wait until the parent has written them, then become root inside
  kHide,           // not dumpable: nobody may look into us (/proc/PID/exe, mem)
  kJoin,           // fd: namespace file or pidfd; a: namespace types
  kUnshare,        // a: CLONE_NEW…
  kOomScore,       // text: the value. Cut short where not permitted
  kSysctl,         // path: below /proc/sys; text: the value
  kHostname,       // text
  kKeyring,        // a new session keyring
  kPrivateMounts,  // a: MS_PRIVATE or MS_SLAVE, recursively on "/"
  kAttachRoot,     // fd: detached mount that becomes the root
  kMount,          // data: MountPlan
  kOpenFolder,     // path: inside the root; the parent of the next kDevice and kLink
  kDevice,         // path: name in the folder, text: whole path; data: DevicePlan
  kLink,           // path: name in the folder; text: what it points to
  kReadonlyPath,   // path
  kReadonlyMount,  // path: where a mount of ours stands; what is mounted below it stays as it is
  kMask,           // path
  kRootReadonly,   //
  kPivot,          //
  kPropagation,    // a: MS_… of "/" after the pivot
  kSession,        // setsid
  kTerminal,       // fd: socket to send the master to
  kStdio,          // data: int[3]; a: bit i set: chown descriptor i to uid b
  kWorkingFolder,  // path; a: 0 before the user changes (made if missing), 1 after, if it failed
  kRlimit,         // text: name; a: resource; data: RlimitPlan. Cut short where not permitted
  kBoundingSet,    // a: mask of capabilities that stay; b: highest capability
  kSeccomp,        // data: filter bytes; a: length in instructions
  kKeepCapabilities,
  kGroups,           // data: gid_t[a]
  kGroup,            // a: gid
  kUser,             // a: uid
  kCapabilities,     // data: CapabilityPlan
  kAmbient,          // a: mask
  kUmask,            // a
  kSignals,          // a: mask of signals to set back to their default
  kDieWithParent,    // fd: pidfd of the supervisor
  kCloseFds,         // keeps 0, 1, 2 and the report pipe
  kNoNewPrivileges,  //
  kPark,             // tells that all is ready, and waits to be released
  kExec,             // data: ExecPlan; path: what was asked for
  kCall,             // data: CallPlan
};

struct Step {
  StepKind kind;
  int fd = -1;
  const char* path = nullptr;
  const char* text = nullptr;
  std::uint64_t a = 0, b = 0;
  const void* data = nullptr;
};

/// One parameter of a new file system; value null: a flag.
struct FsOption {
  const char* key;
  const char* value;
};

/// A mount: a detached one that is ready (fd), or a new file system made by the child.
struct MountPlan {
  int fd = -1;
  const char* type = nullptr;
  const char* source = nullptr;
  const FsOption* options = nullptr;
  std::size_t option_count = 0;
  std::uint64_t attributes = 0;   // MOUNT_ATTR_… of a new one
  std::uint64_t propagation = 0;  // MS_… of a new one, 0: private
  bool on_folder = true;          // whether the mount point is a folder or a file
  bool optional = false;          // skipped where the kernel lacks the type
};

struct DevicePlan {
  mode_t mode;  // with S_IFCHR, S_IFBLK or S_IFIFO
  dev_t device;
  uid_t uid;
  gid_t gid;
};

struct RlimitPlan {
  std::uint64_t soft, hard;
};

struct CapabilityPlan {
  std::uint64_t effective, permitted, inheritable;
};

struct ExecPlan {
  const char* const* candidates;  // null-terminated: the paths to try
  char* const* argv;
  char* const* envp;
};

struct CallPlan {
  void (*function)(const char*, std::size_t);
  const char* argument;
  std::size_t length;
};

/// A step that went on although it could not do all that was asked.
struct CutShort {
  std::uint32_t step;
  int error;
};

struct Plan {
  // Written before the birth.
  const Step* steps = nullptr;
  std::uint32_t step_count = 0;
  std::uint32_t fault_step = UINT32_MAX;  // this step fails with EIO: for tests
  std::uint64_t clone_flags = 0;
  int cgroup_fd = -1;
  int report_fd = -1;          // the write end: its last close says "ended or running"
  int pid_namespace_fd = -1;   // a pidfd or namespace file whose pid namespace the child joins
  int own_pid_namespace = -1;  // where the cloner goes back to
  bool hide = false;           // the parent must not be dumpable while it clones

  // Written during it. pid stays -1 where the clone itself failed.
  std::atomic<std::uint32_t> maps_written{0};  // futex: 1 written, 2 failed
  std::atomic<std::uint32_t> parked{0};        // 1: the child waits at kPark
  std::atomic<std::uint32_t> released{0};      // futex: 1: it may go on
  std::atomic<std::uint32_t> step{0};          // the one under way
  std::atomic<std::uint32_t> failed{0};        // 1: `step` failed with `error`
  int error = 0;
  pid_t pid = -1;
  int pidfd = -1;
  static constexpr std::size_t kMaxCutShort = 24;
  std::atomic<std::uint32_t> cut_short_count{0};
  CutShort cut_short[kMaxCutShort];
};

}  // namespace podrun::runtime
