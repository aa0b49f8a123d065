#include "cgroups/cgroup.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/error.h"
#include "cgroups/cpu.h"
#include "cgroups/cpuset.h"
#include "cgroups/devices.h"
#include "cgroups/folder.h"
#include "cgroups/io.h"
#include "cgroups/memory.h"
#include "cgroups/pids.h"
#include "cgroups/text.h"
#include "cgroups/tree.h"

namespace podrun::cgroups {

namespace {

constexpr const char* kTasks = "tasks";
constexpr const char* kV2Name = "v2";
constexpr Nanoseconds kRemovePatience = std::chrono::seconds(2);
constexpr Nanoseconds kDeathPatience = std::chrono::seconds(5);

// What is made: a cgroup, one for processes only, or what is missing of one.
enum class Kind { kNew, kNewLeaf, kRest };

// Which of the machine's v2 controllers are handed down.
std::set<Controller> handed_down(const std::set<Controller>& offered) {
  std::set<Controller> wanted;
  for (const Controller controller : {Controller::kCpu, Controller::kCpuset, Controller::kMemory,
                                      Controller::kPids, Controller::kIo})
    if (offered.contains(controller)) wanted.insert(controller);
  return wanted;
}

// A hierarchy, and this cgroup's folder in it.
struct Place {
  std::string name;   // "v2", or the v1 controllers: "cpu,cpuacct"
  std::string mount;  // the hierarchy's root
  std::set<Controller> controllers;
  Folder folder;  // invalid where the cgroup is not in this hierarchy
};

// The v2 tree first, then each v1 mount once. Nothing is ever put into v1's freezer: v2 freezes.
std::vector<Place> places_of(const Layout& layout) {
  std::vector<Place> places;
  places.push_back({kV2Name, layout.v2_root, layout.v2_controllers, {}});
  for (const auto& [controller, mount] : layout.v1_mounts) {
    if (controller == Controller::kFreezer) continue;
    const auto same = std::find_if(places.begin() + 1, places.end(),
                                   [&at = mount](const Place& place) { return place.mount == at; });
    if (same == places.end()) {
      places.push_back({v1_name(controller), mount, {controller}, {}});
    } else {
      same->name += "," + v1_name(controller);
      same->controllers.insert(controller);
    }
  }
  return places;
}

void check_path(const std::string& path) {
  const auto parts = split(path, '/');
  std::string plain;
  for (const std::string_view part : parts) {
    if (part == "." || part == "..") throw BadInput("cgroup path \"" + path + "\" has a dot entry");
    plain += (plain.empty() ? "" : "/") + std::string(part);
  }
  if (path.empty() || plain != path)
    throw BadInput("cgroup path \"" + path + "\" is not relative and plain",
                   "as in podrun/burstable/pod1");
}

void require_v2(const Layout& layout, const std::string& path) {
  if (layout.kind == LayoutKind::kNone)
    throw Error("create cgroup " + path + ": this machine has no cgroup v2 tree", 0,
                "mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup");
}

}  // namespace

struct Cgroup::State {
  Layout layout;
  std::string path;
  bool owned = false;
  std::vector<Place> places;  // the first is v2

  const Folder& v2() const { return places.front().folder; }
  /// The folder of a v1 hierarchy with this controller, or nothing.
  const Folder* v1(Controller controller) const {
    for (auto place = places.begin() + 1; place < places.end(); ++place)
      if (place->controllers.contains(controller) && place->folder.valid()) return &place->folder;
    return nullptr;
  }
  void make_folders(const std::vector<const Folder*>& bases, const std::string& below, Kind kind);
  void make_from_roots(Kind kind);
  void read_cpu(Stats& stats) const {
    if (const Folder* cpuacct = v1(Controller::kCpuacct))
      read_cpuacct_v1(*cpuacct, stats);
    else if (v2().valid())
      read_cpu_v2(v2(), stats);
  }
};

// Makes `below` below each base (a hierarchy's root, or the parent cgroup), or nothing at all.
void Cgroup::State::make_folders(const std::vector<const Folder*>& bases, const std::string& below,
                                 Kind kind) {
  std::vector<Making> makings;
  makings.reserve(bases.size());
  for (std::size_t i = 0; i < bases.size(); ++i) {
    Place& place = places[i];
    const Folder& base = *bases[i];
    Making& making = makings.emplace_back(base);
    place.folder = making.make(below, kind == Kind::kRest);
    if (i == 0) {
      if (kind != Kind::kNewLeaf)
        hand_down(base, below, place.folder, handed_down(place.controllers));
    } else {
      if (place.controllers.contains(Controller::kCpuset)) fill_cpuset(base, below, place.folder);
      if (place.controllers.contains(Controller::kMemory) && making.made().size() > 1)
        use_hierarchy(base, making.made().front());
    }
  }
  for (Making& making : makings) making.keep();
}

void Cgroup::State::make_from_roots(Kind kind) {
  std::vector<Folder> roots;
  roots.reserve(places.size());
  std::vector<const Folder*> bases;
  for (const Place& place : places) {
    roots.push_back(Folder::open(place.mount));
    bases.push_back(&roots.back());
  }
  make_folders(bases, path, kind);
}

Cgroup::Cgroup() = default;
Cgroup::Cgroup(std::unique_ptr<State> state) : state_(std::move(state)) {}
Cgroup::Cgroup(Cgroup&&) noexcept = default;
Cgroup& Cgroup::operator=(Cgroup&& other) noexcept {
  if (this != &other) {
    dispose();
    state_ = std::move(other.state_);
  }
  return *this;
}
Cgroup::~Cgroup() { dispose(); }

void Cgroup::dispose() noexcept {
  if (state_ == nullptr || !state_->owned) return;
  try {
    kill();
    wait_empty(kDeathPatience);
    remove();
  } catch (const std::exception&) {
    // What cannot be removed now is found by the next run through list_children().
  }
  state_.reset();
}

Cgroup Cgroup::create(const Layout& layout, const std::string& path) {
  check_path(path);
  require_v2(layout, path);
  auto state = std::make_unique<State>(State{layout, path, false, places_of(layout)});
  state->make_from_roots(Kind::kNew);
  state->owned = true;
  return Cgroup(std::move(state));
}

Cgroup Cgroup::complete(const Layout& layout, const std::string& path) {
  check_path(path);
  require_v2(layout, path);
  auto state = std::make_unique<State>(State{layout, path, false, places_of(layout)});
  state->make_from_roots(Kind::kRest);
  return Cgroup(std::move(state));
}

Cgroup Cgroup::create_child(const std::string& name) const { return make_below(name, false); }
Cgroup Cgroup::create_leaf(const std::string& name) const { return make_below(name, true); }

Cgroup Cgroup::make_below(const std::string& name, bool leaf) const {
  check_path(name);
  auto state = std::make_unique<State>(
      State{state_->layout, state_->path + "/" + name, false, places_of(state_->layout)});
  std::vector<const Folder*> bases;
  for (const Place& place : state_->places) {
    if (!place.folder.valid())
      throw Error("create cgroup " + state->path, ENOENT,
                  "its parent is missing in " + place.mount);
    bases.push_back(&place.folder);
  }
  state->make_folders(bases, name, leaf ? Kind::kNewLeaf : Kind::kNew);
  state->owned = true;
  return Cgroup(std::move(state));
}

std::optional<Cgroup> Cgroup::find(const Layout& layout, const std::string& path) {
  check_path(path);
  if (layout.kind == LayoutKind::kNone) return std::nullopt;
  auto state = std::make_unique<State>(State{layout, path, false, places_of(layout)});
  bool found = false;
  for (Place& place : state->places) {
    place.folder = Folder::open_if_exists(place.mount + "/" + path);
    found = found || place.folder.valid();
  }
  if (!found) return std::nullopt;
  return Cgroup(std::move(state));
}

Cgroup Cgroup::open(const Layout& layout, const std::string& path) {
  require_v2(layout, path);
  auto found = find(layout, path);
  if (!found) throw Error("open cgroup " + layout.v2_root + "/" + path, ENOENT);
  return std::move(*found);
}

const std::string& Cgroup::path() const { return state_->path; }
const Layout& Cgroup::layout() const { return state_->layout; }
bool Cgroup::valid() const { return state_ != nullptr; }
void Cgroup::adopt() { state_->owned = true; }
void Cgroup::release() { state_->owned = false; }

void Cgroup::apply(const Limits& limits) {
  const auto missing = unenforceable(state_->layout, limits);
  if (!missing.empty()) {
    std::string list;
    for (const std::string& what : missing) list += (list.empty() ? "" : ", ") + what;
    throw Error("limit cgroup " + state_->path + ": this machine cannot hold " + list);
  }
  const State& s = *state_;
  const auto with = [&s](Controller controller, auto apply_v1, auto apply_v2, const Limits& given) {
    if (const Folder* folder = s.v1(controller))
      apply_v1(*folder, given);
    else if (s.v2().valid())
      apply_v2(s.v2(), given);
  };
  with(Controller::kCpuset, apply_cpuset_v1, apply_cpuset_v2, limits);
  with(Controller::kCpu, apply_cpu_v1, apply_cpu_v2, limits);
  with(Controller::kMemory, apply_memory_v1, apply_memory_v2, limits);
  with(Controller::kPids, apply_pids, apply_pids, limits);
  with(Controller::kIo, apply_io_v1, apply_io_v2, limits);
  with(Controller::kDevices, apply_devices_v1, apply_devices_v2, limits);
}

void Cgroup::attach_devices(const Fd& program) { attach_devices_v2(state_->v2(), program); }

std::vector<std::string> Cgroup::unenforceable(const Layout& layout, const Limits& limits) {
  std::vector<std::string> missing;
  const auto need = [&](bool asked, Controller controller, const char* knob) {
    if (asked && !layout.can_limit(controller))
      missing.push_back(std::string(knob) + " (no " + to_string(controller) + " controller)");
  };
  need(limits.cpu_max && limits.cpu_max->quota_us >= 0, Controller::kCpu, "cpu.max");
  need(limits.cpu_shares.has_value(), Controller::kCpu, "cpu.weight");
  need(limits.memory_max && *limits.memory_max >= 0, Controller::kMemory, "memory.max");
  need(limits.memory_low && *limits.memory_low > 0, Controller::kMemory, "memory.low");
  need(limits.memory_high && *limits.memory_high >= 0, Controller::kMemory, "memory.high");
  need(limits.memory_swap_max && *limits.memory_swap_max >= 0, Controller::kMemory,
       "memory.swap.max");
  need(limits.pids_max && *limits.pids_max >= 0, Controller::kPids, "pids.max");
  need(limits.cpuset_cpus.has_value(), Controller::kCpuset, "cpuset.cpus");
  need(limits.cpuset_mems.has_value(), Controller::kCpuset, "cpuset.mems");
  need(!limits.io_max.empty(), Controller::kIo, "io.max");
  need(limits.devices.has_value(), Controller::kDevices, "devices");
  if (limits.memory_high && *limits.memory_high >= 0 &&
      layout.v1_mounts.contains(Controller::kMemory))
    missing.push_back("memory.high (cgroup v1 has none)");
  return missing;
}

int Cgroup::v2_fd() const { return state_->v2().fd(); }

std::vector<V1Entrance> Cgroup::open_v1_entrances() const {
  std::vector<V1Entrance> entrances;
  for (auto place = state_->places.begin() + 1; place < state_->places.end(); ++place)
    if (place->folder.valid())
      entrances.push_back({place->folder.open_knob(kTasks, O_WRONLY), place->name,
                           place->mount + "/" + state_->path});
  return entrances;
}

namespace {

std::optional<Pressure> read_pressure(const Folder& folder, const char* knob) {
  const auto text = folder.read_if_exists(knob);
  return text ? parse_pressure(*text) : std::nullopt;
}

}  // namespace

Stats Cgroup::stats() const {
  const State& s = *state_;
  Stats stats;
  s.read_cpu(stats);
  if (const Folder* cpu = s.v1(Controller::kCpu)) read_throttling_v1(*cpu, stats);
  if (const Folder* memory = s.v1(Controller::kMemory))
    read_memory_v1(*memory, stats);
  else if (s.v2().valid())
    read_memory_v2(s.v2(), stats);
  const Folder* pids = s.v1(Controller::kPids);
  if (pids == nullptr && s.v2().valid()) pids = &s.v2();
  if (pids != nullptr) read_pids(*pids, stats);
  return stats;
}

Pressures Cgroup::pressures() const {
  const Folder& v2 = state_->v2();
  if (!v2.valid()) return {};
  return {read_pressure(v2, "cpu.pressure"), read_pressure(v2, "memory.pressure"),
          read_pressure(v2, "io.pressure")};
}

std::uint64_t Cgroup::cpu_usage_us() const {
  Stats stats;
  state_->read_cpu(stats);
  return stats.cpu_usage_us;
}

std::uint64_t Cgroup::oom_kills() const {
  if (const Folder* memory = state_->v1(Controller::kMemory)) return oom_kills_v1(*memory);
  return state_->v2().valid() ? oom_kills_v2(state_->v2()) : 0;
}

bool Cgroup::populated() const {
  return state_->v2().valid() && read_events(state_->v2()).populated;
}

std::vector<pid_t> Cgroup::processes() const {
  return state_->v2().valid() ? cgroups::processes(state_->v2()) : std::vector<pid_t>();
}

void Cgroup::kill() const {
  if (state_->v2().valid()) kill_all(state_->v2());
}

void Cgroup::freeze(bool frozen) const {
  if (!state_->v2().valid()) throw Error("freeze cgroup " + state_->path, ENOENT);
  cgroups::freeze(state_->v2(), frozen);
}

Fd Cgroup::watch_events() const {
  Fd fd = state_->v2().valid() ? watch(state_->v2()) : Fd();
  if (!fd) throw Error("watch cgroup " + state_->path, ENOENT);
  return fd;
}

bool Cgroup::wait_empty(Nanoseconds timeout) const {
  return !state_->v2().valid() || wait_until_empty(state_->v2(), timeout);
}

void Cgroup::remove() {
  // v2 first: there the kernel tells when the last process has left, and that holds for v1 too.
  for (const Place& place : state_->places)
    remove_folder(place.mount + "/" + state_->path, kRemovePatience);
  state_.reset();
}

std::vector<std::string> list_children(const Layout& layout, const std::string& path) {
  check_path(path);
  std::set<std::string> found;
  if (layout.kind == LayoutKind::kNone) return {};
  for (const Place& place : places_of(layout))
    for (const std::string& name : Folder::open_if_exists(place.mount + "/" + path).children())
      found.insert(std::string(path).append("/").append(name));
  return {found.begin(), found.end()};
}

}  // namespace podrun::cgroups
