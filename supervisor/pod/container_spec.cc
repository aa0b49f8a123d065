#include "supervisor/pod/container_spec.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "runtime/seccomp.h"

namespace podrun::pod {

namespace {

std::string capability_name(const std::string& name) {
  return name.rfind("CAP_", 0) == 0 || name == "ALL" ? name : "CAP_" + name;
}

void set_capabilities(runtime::Process& process, const std::vector<std::string>& capabilities) {
  process.capabilities.bounding = capabilities;
  process.capabilities.effective = capabilities;
  process.capabilities.permitted = capabilities;
}

std::vector<runtime::Namespace> namespaces_of(const manifest::PodSpec& pod) {
  // net, ipc and uts are the pod's: the supervisor lives in them and its children inherit them.
  std::vector<runtime::Namespace> namespaces = {{runtime::NamespaceType::kMount, ""},
                                                {runtime::NamespaceType::kCgroup, ""}};
  if (!pod.host_pid) namespaces.push_back({runtime::NamespaceType::kPid, ""});
  return namespaces;
}

const manifest::SeccompProfile* seccomp_profile(const manifest::PodSpec& pod,
                                                const manifest::SecurityContext& own) {
  if (own.seccomp_profile) return &*own.seccomp_profile;
  if (pod.security_context && pod.security_context->seccomp_profile)
    return &*pod.security_context->seccomp_profile;
  return nullptr;
}

void confine(runtime::Spec& spec, const manifest::PodSpec& pod,
             const manifest::SecurityContext& own) {
  const bool privileged = own.privileged.value_or(false);
  const auto all = runtime::all_capabilities();
  set_capabilities(
      spec.process,
      privileged ? all : effective_capabilities(runtime::default_capabilities(), all, own));
  spec.process.no_new_privileges = !own.allow_privilege_escalation.value_or(true);
  if (privileged || own.proc_mount == "Unmasked") {
    spec.linux_.masked_paths.clear();
    spec.linux_.readonly_paths.clear();
  }
  const manifest::SeccompProfile* profile = seccomp_profile(pod, own);
  if (profile != nullptr && profile->type == "Localhost") {
    throw Error("seccomp profile " + profile->localhost_profile +
                " of type Localhost is not supported");
  }
  const bool unconfined = privileged || (profile != nullptr && profile->type == "Unconfined");
  if (!unconfined) spec.linux_.seccomp = runtime::default_seccomp_program();
}

/// A mount of the manifest replaces the default one at the same place.
void add_mounts(runtime::Spec& spec, const std::vector<runtime::Mount>& mounts) {
  for (const runtime::Mount& mount : mounts) {
    std::erase_if(spec.mounts, [&](const runtime::Mount& other) {
      return other.destination == mount.destination;
    });
  }
  spec.mounts.insert(spec.mounts.end(), mounts.begin(), mounts.end());
}

}  // namespace

std::vector<std::string> effective_capabilities(const std::vector<std::string>& defaults,
                                                const std::vector<std::string>& all,
                                                const manifest::SecurityContext& context) {
  std::set<std::string> set(defaults.begin(), defaults.end());
  const auto known = [&](const std::string& name) {
    if (std::find(all.begin(), all.end(), name) == all.end())
      throw Error("unknown capability \"" + name + "\"");
  };
  const auto mentions_all = [](const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return capability_name(name) == "ALL"; });
  };
  if (mentions_all(context.capabilities_add)) set.insert(all.begin(), all.end());
  if (mentions_all(context.capabilities_drop)) set.clear();
  for (const std::string& raw : context.capabilities_add) {
    const std::string name = capability_name(raw);
    if (name == "ALL") continue;
    known(name);
    set.insert(name);
  }
  for (const std::string& raw : context.capabilities_drop) set.erase(capability_name(raw));
  return {set.begin(), set.end()};
}

namespace {

runtime::Spec compose(const ContainerSpecInputs& inputs) {
  const manifest::PodSpec& pod = inputs.pod.spec;
  const manifest::SecurityContext own =
      inputs.container.security_context.value_or(manifest::SecurityContext{});
  runtime::Spec spec = runtime::default_spec();

  const ResolvedUser resolved =
      resolve_user(pod, inputs.container, inputs.image.user, inputs.users);
  spec.process.user = resolved.user;
  spec.process.env = container_env(inputs.pod, inputs.container, inputs.image, inputs.hostname,
                                   inputs.node, inputs.config);
  spec.process.args = container_command(inputs.container, inputs.image, spec.process.env);
  spec.process.terminal = inputs.container.tty;
  const bool has_home =
      std::any_of(spec.process.env.begin(), spec.process.env.end(),
                  [](const std::string& line) { return line.rfind("HOME=", 0) == 0; });
  if (!has_home) spec.process.env.push_back("HOME=" + resolved.home);
  spec.process.cwd = !inputs.container.working_dir.empty() ? inputs.container.working_dir
                     : !inputs.image.working_dir.empty()   ? inputs.image.working_dir
                                                           : "/";
  spec.process.oom_score_adj = inputs.oom_score_adj;
  spec.root_readonly = own.read_only_root_filesystem.value_or(false);
  spec.linux_.namespaces = namespaces_of(pod);
  if (pod.security_context) {
    for (const manifest::Sysctl& sysctl : pod.security_context->sysctls)
      spec.linux_.sysctl[sysctl.name] = sysctl.value;
  }
  confine(spec, pod, own);
  add_mounts(spec, inputs.mounts);
  return spec;
}

}  // namespace

runtime::Spec container_spec(const ContainerSpecInputs& inputs) {
  try {
    return compose(inputs);
  } catch (const Error& error) {
    throw ConfigError(error);
  }
}

}  // namespace podrun::pod
