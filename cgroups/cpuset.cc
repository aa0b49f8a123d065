#include "cgroups/cpuset.h"

#include <cerrno>
#include <string>

namespace podrun::cgroups {

namespace {

constexpr const char* kCpus = "cpuset.cpus";
constexpr const char* kMems = "cpuset.mems";

constexpr const char* kHint = "a list such as 0-2,7, of what the cgroup above has";

void write_from_below(const Folder& folder, const char* knob, const std::string& value) {
  const int failure = folder.try_write(knob, value);
  if (failure == 0) return;
  const auto names = folder.children();
  if (failure != EBUSY || names.empty()) folder.throw_write(knob, value, failure, kHint);
  for (const std::string& name : names)
    if (const Folder child = folder.child(name); child.valid())
      write_from_below(child, knob, value);
  folder.write(knob, value, kHint);
}

}  // namespace

void apply_cpuset_v2(const Folder& folder, const Limits& limits) {
  if (limits.cpuset_cpus) folder.write(kCpus, *limits.cpuset_cpus, kHint);
  if (limits.cpuset_mems) folder.write(kMems, *limits.cpuset_mems, kHint);
}

void apply_cpuset_v1(const Folder& folder, const Limits& limits) {
  if (limits.cpuset_cpus) write_from_below(folder, kCpus, *limits.cpuset_cpus);
  if (limits.cpuset_mems) write_from_below(folder, kMems, *limits.cpuset_mems);
}

}  // namespace podrun::cgroups
