#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>

#include "base/error.h"
#include "base/files.h"
#include "runtime/birth_impl.h"

namespace podrun::runtime {

namespace {

// Room for the largest arguments and environment that execve takes; pages cost when touched.
constexpr std::size_t kArenaSize = 16u << 20;

/// The mask of proc(5)'s "SigIgn:": one file instead of a question for each of 64 signals.
std::uint64_t find_ignored_signals() {
  const std::string status = read_file("/proc/self/status");
  const std::string key = "\nSigIgn:\t";
  const auto at = status.find(key);
  std::uint64_t ignored = 0;
  if (at == std::string::npos) throw Error("no SigIgn in /proc/self/status");
  const char* digits = status.data() + at + key.size();
  std::from_chars(digits, status.data() + status.size(), ignored, 16);
  return ignored;
}

std::shared_ptr<const SupervisorFacts> find_supervisor_facts() {
  auto facts = std::make_shared<SupervisorFacts>();
  facts->pidfd = Fd(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (!facts->pidfd) throw_errno("hold this process");
  facts->pid_namespace = open_path("/proc/self/ns/pid", O_RDONLY);
  facts->ignored_signals = find_ignored_signals();
  facts->highest_capability = highest_capability();
  facts->own_capabilities = own_capabilities();
  return facts;
}

}  // namespace

Birthplace::Birthplace() = default;
Birthplace::Birthplace(Birthplace&&) noexcept = default;
Birthplace& Birthplace::operator=(Birthplace&&) noexcept = default;
Birthplace::~Birthplace() = default;

Birthplace Birthplace::without_cgroup() {
  Birthplace place;
  place.state_ = std::make_unique<State>();
  place.state_->arena = std::make_shared<Arena>(kArenaSize);
  place.state_->supervisor = find_supervisor_facts();
  return place;
}

Birthplace::Birthplace(const cgroups::Cgroup& cgroup, const Birthplace& other)
    : state_(std::make_unique<State>()) {
  state_->arena = std::make_shared<Arena>(kArenaSize);
  state_->supervisor = other.state_->supervisor;
  PlaceFacts& place = state_->place;
  place.v2_fd = cgroup.v2_fd();
  place.in_cgroup = true;
  place.path = cgroup.path();
  place.entrances = cgroup.open_v1_entrances();
  if (!place.entrances.empty() && !cgroup.layout().v2_root.empty())
    place.v2_folder = cgroup.layout().v2_root + "/" + cgroup.path();
}

Birthplace::Birthplace(const cgroups::Cgroup& cgroup) : Birthplace(cgroup, without_cgroup()) {}

bool Birthplace::valid() const { return state_ != nullptr; }

void Birthplace::inject_fault(int step) { state_->fault_step = step; }

}  // namespace podrun::runtime
