#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "runtime/birth_impl.h"

namespace podrun::runtime {

namespace {

// Room for the largest arguments and environment that execve takes; pages cost when touched.
constexpr std::size_t kArenaSize = 16u << 20;

std::uint64_t find_ignored_signals() {
  std::uint64_t ignored = 0;
  for (int number = 1; number <= 64; ++number) {
    struct sigaction action {};
    if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
      ignored |= std::uint64_t{1} << (number - 1);
  }
  return ignored;
}

std::vector<PlaceFacts::V1Folder> find_v1_folders(const cgroups::Cgroup& cgroup) {
  std::vector<PlaceFacts::V1Folder> folders;
  const auto add = [&](const std::string& mount) {
    const std::string name = mount.substr(mount.rfind('/') + 1);
    // A cgroup need not be in every hierarchy: one whose controller it does not use is left out.
    if (::access((mount + "/" + cgroup.path()).c_str(), F_OK) == 0 &&
        std::none_of(folders.begin(), folders.end(),
                     [&](const auto& folder) { return folder.name == name; }))
      folders.push_back({mount + "/" + cgroup.path(), name});
  };
  for (const auto& [controller, mount] : cgroup.layout().v1_mounts) add(mount);
  if (!folders.empty() && !cgroup.layout().v2_root.empty()) add(cgroup.layout().v2_root);
  return folders;
}

}  // namespace

Birthplace::Birthplace() = default;
Birthplace::Birthplace(Birthplace&&) noexcept = default;
Birthplace& Birthplace::operator=(Birthplace&&) noexcept = default;
Birthplace::~Birthplace() = default;

Birthplace Birthplace::without_cgroup() {
  Birthplace place;
  place.state_ = std::make_unique<State>();
  State& state = *place.state_;
  state.arena = std::make_shared<Arena>(kArenaSize);
  state.supervisor_pidfd = Fd(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (!state.supervisor_pidfd) throw_errno("hold this process");
  state.own_pid_namespace = open_path("/proc/self/ns/pid", O_RDONLY);
  state.facts.supervisor_pidfd = state.supervisor_pidfd.get();
  state.facts.own_pid_namespace = state.own_pid_namespace.get();
  state.facts.ignored_signals = find_ignored_signals();
  state.facts.highest_capability = highest_capability();
  state.facts.own_capabilities = own_capabilities();
  return place;
}

Birthplace::Birthplace(const cgroups::Cgroup& cgroup) : Birthplace(without_cgroup()) {
  State& state = *state_;
  state.facts.v2_fd = cgroup.v2_fd();
  state.facts.in_cgroup = true;
  std::vector<Fd> entrances = cgroup.open_v1_entrances();
  if (entrances.empty()) return;
  state.facts.v1_folders = find_v1_folders(cgroup);
  state.cradle = std::make_shared<Cradle>(state.arena, std::move(entrances), cgroup.v1_names(),
                                          state.facts.supervisor_pidfd);
}

bool Birthplace::valid() const { return state_ != nullptr; }

std::optional<pid_t> Birthplace::cradle() const {
  if (state_ == nullptr || state_->cradle == nullptr) return std::nullopt;
  return state_->cradle->pid();
}

bool Birthplace::alive() const {
  return state_ != nullptr && (state_->cradle == nullptr || state_->cradle->alive());
}

bool Birthplace::ready() const {
  return state_ != nullptr && (state_->cradle == nullptr || state_->cradle->ready());
}

void Birthplace::inject_fault(int step) { state_->fault_step = step; }

}  // namespace podrun::runtime
