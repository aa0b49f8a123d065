#include "supervisor/manifest/defaults.h"

#include <set>
#include <string>
#include <variant>

namespace podrun::manifest {

namespace {

template <class Value>
void set_if_empty(Value& value, const Value& with) {
  if (value == Value{}) value = with;
}

/// No tag (and no digest), or the tag "latest".
bool is_latest_image(const std::string& image) {
  const auto digest = image.find('@');
  const std::string name = image.substr(0, digest);
  const auto slash = name.rfind('/');
  const auto colon = name.find(':', slash == std::string::npos ? 0 : slash);
  if (colon == std::string::npos) return digest == std::string::npos;
  return name.substr(colon + 1) == "latest";
}

void set_defaults(HttpGetAction& action) {
  set_if_empty<std::string>(action.path, "/");
  set_if_empty<std::string>(action.scheme, "HTTP");
}

void set_defaults(std::optional<Probe>& probe) {
  if (!probe) return;
  // A zero that was written is taken for no value, as Kubernetes does.
  set_if_empty(probe->timeout, Seconds(1));
  set_if_empty(probe->period, Seconds(10));
  set_if_empty(probe->success_threshold, 1);
  set_if_empty(probe->failure_threshold, 3);
  if (auto* http = std::get_if<HttpGetAction>(&probe->handler)) set_defaults(*http);
}

void set_defaults(std::optional<LifecycleHandler>& handler) {
  if (!handler) return;
  if (auto* http = std::get_if<HttpGetAction>(&*handler)) set_defaults(*http);
}

void set_defaults(Container& container, bool host_network) {
  set_if_empty<std::string>(container.image_pull_policy,
                            is_latest_image(container.image) ? "Always" : "IfNotPresent");
  set_if_empty<std::string>(container.termination_message_path, "/dev/termination-log");
  set_if_empty<std::string>(container.termination_message_policy, "File");
  for (ContainerPort& port : container.ports) {
    set_if_empty<std::string>(port.protocol, "TCP");
    if (host_network) set_if_empty(port.host_port, port.container_port);
  }
  container.resources.requests.insert(container.resources.limits.begin(),
                                      container.resources.limits.end());
  set_defaults(container.liveness_probe);
  set_defaults(container.readiness_probe);
  set_defaults(container.startup_probe);
  if (container.lifecycle) {
    set_defaults(container.lifecycle->post_start);
    set_defaults(container.lifecycle->pre_stop);
  }
}

}  // namespace

void set_defaults(Pod& pod) {
  PodSpec& spec = pod.spec;
  set_if_empty<std::string>(spec.dns_policy, "ClusterFirst");
  set_if_empty<std::string>(spec.scheduler_name, "default-scheduler");
  // Kubernetes takes a negative one for 1.
  if (spec.termination_grace_period < Seconds(0)) spec.termination_grace_period = Seconds(1);
  if (!spec.security_context) spec.security_context.emplace();
  for (Container& container : spec.init_containers) set_defaults(container, spec.host_network);
  for (Container& container : spec.containers) set_defaults(container, spec.host_network);
}

bool is_token_volume(const Volume& volume) {
  return std::holds_alternative<ProjectedVolume>(volume.source) &&
         volume.name.starts_with("kube-api-access-");
}

void drop_token_volumes(PodSpec& spec) {
  std::set<std::string> names;
  for (const Volume& volume : spec.volumes) {
    if (is_token_volume(volume)) names.insert(volume.name);
  }
  if (names.empty()) return;
  std::erase_if(spec.volumes, is_token_volume);
  for (auto* containers : {&spec.init_containers, &spec.containers}) {
    for (Container& container : *containers) {
      std::erase_if(container.volume_mounts,
                    [&](const VolumeMount& mount) { return names.contains(mount.name); });
    }
  }
}

}  // namespace podrun::manifest
