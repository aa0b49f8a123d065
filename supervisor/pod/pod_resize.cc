#include "supervisor/pod/pod_resize.h"

#include <algorithm>

#include "base/error.h"
#include "supervisor/pod/context.h"
#include "supervisor/pod/pod_cgroup.h"
#include "supervisor/pod/resize.h"

namespace podrun::pod {
namespace {

/// The looser of two limits of one thing; nothing is the loosest.
template <typename Value, typename Less>
std::optional<Value> looser(const std::optional<Value>& a, const std::optional<Value>& b,
                            Less less) {
  if (!a || !b) return std::nullopt;
  return less(*a, *b) ? b : a;
}

/// What no container is in the way of, before and after.
cgroups::Limits looser(const cgroups::Limits& a, const cgroups::Limits& b) {
  cgroups::Limits limits = b;
  limits.cpu_max = looser(a.cpu_max, b.cpu_max,
                          [](const auto& x, const auto& y) { return x.quota_us < y.quota_us; });
  limits.cpu_shares = looser(a.cpu_shares, b.cpu_shares, std::less<>());
  limits.memory_max = looser(a.memory_max, b.memory_max, std::less<>());
  return limits;
}

}  // namespace

PodResize::PodResize(Context& context)
    : context_(context), pod_(pod_limits(context)), generation_(context.pod.metadata.generation) {}

void PodResize::take(const manifest::Pod& wanted, const std::vector<ContainerRunner*>& runners) {
  generation_ = wanted.metadata.generation;
  context_.status_changed = true;
  if (same_resources(context_.pod.spec, wanted.spec)) return;
  take_resources(context_.pod.spec, wanted.spec);
  for (ContainerRunner* runner : runners) runner->resources_changed();
  wanted_ = true;
  error_.clear();
  retry_.reset();
  context_.events.normal("ResizeStarted",
                         resize_message("started", context_.pod.spec, generation_));
}

std::optional<ResizeProgress> PodResize::progress() const {
  if (!wanted_) return std::nullopt;
  return ResizeProgress{error_};
}

void PodResize::advance(Moment now, const std::vector<ContainerRunner*>& runners) {
  if (!wanted_ || context_.deleting || (retry_ && now < *retry_)) return;
  retry_.reset();
  try {
    if (!act(runners)) return;
  } catch (const Error& error) {
    fail(error.what(), now);
    return;
  }
  wanted_ = false;
  error_.clear();
  context_.status_changed = true;
  context_.events.normal("ResizeCompleted",
                         resize_message("completed", context_.pod.spec, generation_));
}

/// False where a container is being restarted for it: the pod's limits fall after that.
bool PodResize::act(const std::vector<ContainerRunner*>& runners) {
  check_enforceable(context_.layout, context_.pod.spec, context_.options.allow_no_limits,
                    context_.events);
  const bool restarting =
      std::any_of(runners.begin(), runners.end(), [](const ContainerRunner* runner) {
        return runner->resize_effect() == ResizeEffect::kRestart;
      });
  check_memory(runners, restarting);
  const cgroups::Limits wanted = pod_limits(context_);
  set_pod(looser(pod_, wanted));
  bool all = true;
  for (ContainerRunner* runner : runners) all = runner->resize() && all;
  if (all) set_pod(wanted);
  return all;
}

/// Throws where a limit would fall below what is used: the kernel would kill for it.
void PodResize::check_memory(const std::vector<ContainerRunner*>& runners, bool restarting) const {
  std::vector<MemoryFall> falls;
  if (!restarting) {
    falls.push_back({"", pod_.memory_max, pod_limits(context_).memory_max,
                     context_.pod_cgroup.stats().memory_current});
  }
  for (const ContainerRunner* runner : runners) {
    if (runner->resize_effect() == ResizeEffect::kInPlace) falls.push_back(runner->memory_fall());
  }
  const std::string refused = falls_refused(falls);
  if (!refused.empty()) throw Error(refused);
}

void PodResize::set_pod(const cgroups::Limits& limits) {
  cgroups::Limits written = limits;
  if (!limits.cpu_max && pod_.cpu_max) written.cpu_max = cgroups::CpuMax{-1};
  if (!limits.memory_max && pod_.memory_max) written.memory_max = -1;
  context_.pod_cgroup.apply(written);
  pod_ = limits;
}

void PodResize::fail(const std::string& why, Moment now) {
  retry_ = now + kResizeRetry;
  if (why == error_) return;
  error_ = why;
  context_.status_changed = true;
  context_.events.warning("ResizeError",
                          resize_message("error", context_.pod.spec, generation_, why));
}

}  // namespace podrun::pod
