#include "runtime/birth_impl.h"

namespace podrun::runtime {

Birth Launcher::begin(Birthplace& place, const std::function<void(PlanWriter&)>& plan) {
  Birthplace::State& state = *place.state_;
  Birth birth;
  birth.impl_ = std::make_unique<Birth::Impl>(state);
  PlanWriter writer(*state.arena, state.place, *state.supervisor);
  plan(writer);
  birth.impl_->begin(writer, state.fault_step);
  return birth;
}

Birth Launcher::start_container(Birthplace& place, const Spec& spec, int rootfs_fd,
                                const Stdio& stdio, bool parked) {
  return begin(place, [&](PlanWriter& writer) {
    plan_namespaces(writer, spec);
    plan_file_systems(writer, spec, rootfs_fd);
    plan_process(writer, spec.process, spec.linux_.seccomp, has_user_namespace(spec), stdio,
                 parked);
  });
}

Birth Launcher::exec(Birthplace& place, const podrun::Process& container,
                     const Spec& container_spec, const Process& process, const Stdio& stdio) {
  return begin(place, [&](PlanWriter& writer) {
    plan_join(writer, container_spec, container, process);
    plan_process(writer, process, container_spec.linux_.seccomp, has_user_namespace(container_spec),
                 stdio, /*parked=*/false);
  });
}

Birth Launcher::run_function(Birthplace& place, Function function, const std::string& argument,
                             const Stdio& stdio) {
  return begin(place,
               [&](PlanWriter& writer) { plan_function(writer, function, argument, stdio); });
}

}  // namespace podrun::runtime
