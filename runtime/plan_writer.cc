#include "runtime/plan_writer.h"

#include <algorithm>

namespace podrun::runtime {

Step& PlanWriter::add(StepKind kind) {
  steps_.push_back(Step{kind});
  return steps_.back();
}

int PlanWriter::hold(Fd fd) {
  held_.push_back(std::move(fd));
  return held_.back().get();
}

Plan* PlanWriter::finish() {
  Plan* plan = arena_.make<Plan>();
  plan->steps = arena_.copy_array(steps_.data(), steps_.size());
  plan->step_count = static_cast<std::uint32_t>(steps_.size());
  plan->clone_flags = clone_flags;
  plan->cgroup_fd = place_.v2_fd;
  plan->pid_namespace_fd = pid_namespace_fd;
  plan->own_pid_namespace = supervisor_.pid_namespace.get();
  plan->hide = hide;
  return plan;
}

void plan_entrances(PlanWriter& writer) {
  for (const cgroups::V1Entrance& entrance : writer.place().entrances) {
    Step& step = writer.add(StepKind::kEnterCgroup);
    step.fd = entrance.tasks.get();
    step.text = writer.copy(entrance.name);
  }
}

bool has_user_namespace(const Spec& spec) {
  return std::any_of(spec.linux_.namespaces.begin(), spec.linux_.namespaces.end(),
                     [](const Namespace& ns) { return ns.type == NamespaceType::kUser; });
}

}  // namespace podrun::runtime
