#include "supervisor/pod/container_env.h"

#include <algorithm>
#include <map>
#include <optional>
#include <type_traits>

#include "base/error.h"
#include "supervisor/manifest/expand.h"

namespace podrun::pod {

namespace {

constexpr std::size_t kHostnameLimit = 63;  // man 7 hostname; kubelet's truncatePodHostnameIfNeeded
constexpr const char* kDefaultPath =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Ordered variables in which a later definition replaces an earlier one in its place.
class Environment {
 public:
  void set(const std::string& name, const std::string& value) {
    const auto [at, fresh] = index_.try_emplace(name, lines_.size());
    if (fresh) {
      lines_.push_back(name + "=" + value);
    } else {
      lines_[at->second] = name + "=" + value;
    }
  }
  void set_line(const std::string& line) {
    const auto equals = line.find('=');
    if (equals != std::string::npos && equals > 0)
      set(line.substr(0, equals), line.substr(equals + 1));
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
  std::map<std::string, std::size_t> index_;
};

std::optional<std::string> config_value(const ConfigData& config, bool secret,
                                        const std::string& name, const std::string& key,
                                        bool optional, const std::string& namespace_) {
  const ConfigData::Entries* entries = config.find(secret, name, optional);
  if (entries == nullptr) return std::nullopt;
  if (const auto found = entries->find(key); found != entries->end()) return found->second;
  if (optional) return std::nullopt;
  throw Error("couldn't find key " + key + " in " + (secret ? "Secret " : "ConfigMap ") +
              namespace_ + "/" + name);
}

/// Relaxed since Kubernetes 1.30: any printable ASCII but '='.
bool is_variable_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return c >= ' ' && c <= '~' && c != '='; });
}

struct SourceReader {
  const manifest::Pod& pod;
  const manifest::Container& container;
  const NodeFacts& node;
  const ConfigData& config;

  std::optional<std::string> operator()(const manifest::ObjectFieldSelector& field) const {
    return field_value(meta_by_now(pod.metadata, config), pod.spec, node, field.field_path);
  }
  std::optional<std::string> operator()(const manifest::ResourceFieldSelector& resource) const {
    return resource_value(pod.spec, &container, node, resource);
  }
  std::optional<std::string> operator()(const manifest::ConfigMapKeySelector& map) const {
    return config_value(config, false, map.name, map.key, map.optional, pod.metadata.namespace_);
  }
  std::optional<std::string> operator()(const manifest::SecretKeySelector& secret) const {
    return config_value(config, true, secret.name, secret.key, secret.optional,
                        pod.metadata.namespace_);
  }
};

std::map<std::string, std::string> as_map(const std::vector<std::string>& env) {
  std::map<std::string, std::string> map;
  for (const std::string& line : env)
    map[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
  return map;
}

}  // namespace

std::string pod_hostname(const manifest::Pod& pod) {
  if (!pod.spec.hostname.empty()) return pod.spec.hostname;
  std::string name = pod.metadata.name.substr(0, kHostnameLimit);
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  return name;
}

std::vector<std::string> container_env(const manifest::Pod& pod,
                                       const manifest::Container& container,
                                       const images::ImageConfig& image,
                                       const std::string& hostname, const NodeFacts& node,
                                       const ConfigData& config) {
  Environment environment;
  environment.set_line(kDefaultPath);
  environment.set("HOSTNAME", hostname);
  if (container.tty) environment.set("TERM", "xterm");
  for (const std::string& line : image.env) environment.set_line(line);

  // `$(VAR)` sees only variables that the manifest defines (kubelet's makeEnvironmentVariables),
  // not the image's.
  std::map<std::string, std::string> defined;
  for (const manifest::EnvFrom& from : container.env_from) {
    const auto* entries = config.find(from.is_secret, from.name, from.optional);
    if (entries == nullptr) continue;
    for (const auto& [key, value] : *entries) {
      const std::string name = from.prefix + key;
      if (!is_variable_name(name)) continue;
      defined[name] = value;
      environment.set(name, value);
    }
  }
  for (const manifest::EnvVar& variable : container.env) {
    std::optional<std::string> value;
    if (variable.value_from) {
      value = std::visit(SourceReader{pod, container, node, config}, *variable.value_from);
    } else {
      value = manifest::expand(variable.value, defined);
    }
    if (!value) continue;
    defined[variable.name] = *value;
    environment.set(variable.name, *value);
  }
  return environment.take();
}

std::string mount_sub_path(const manifest::VolumeMount& mount,
                           const std::vector<std::string>& env) {
  if (mount.sub_path_expr.empty()) return mount.sub_path;
  std::vector<std::string> missing;
  std::string path = manifest::expand(mount.sub_path_expr, as_map(env), &missing);
  if (missing.empty()) return path;
  throw Error("subPathExpr " + mount.sub_path_expr + ": the container has no variable " +
              missing.front());
}

std::vector<std::string> container_command(const manifest::Container& container,
                                           const images::ImageConfig& image,
                                           const std::vector<std::string>& env) {
  const std::map<std::string, std::string> variables = as_map(env);
  std::vector<std::string> command;
  const auto append = [&](const std::vector<std::string>& words, bool expanded) {
    for (const std::string& word : words) {
      command.push_back(expanded ? manifest::expand(word, variables) : word);
    }
  };
  if (!container.command.empty()) {
    append(container.command, true);
    append(container.args, true);
  } else {
    append(image.entrypoint, false);
    if (container.args.empty()) {
      append(image.cmd, false);
    } else {
      append(container.args, true);
    }
  }
  if (command.empty())
    throw Error("no command specified", 0, "neither the manifest nor the image names one");
  return command;
}

}  // namespace podrun::pod
