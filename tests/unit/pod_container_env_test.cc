#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "supervisor/pod/container_env.h"

namespace podrun::pod {
namespace {

manifest::Pod pod_with(const manifest::Container& container) {
  manifest::Pod pod;
  pod.metadata.name = "kubia";
  pod.metadata.namespace_ = "default";
  pod.metadata.uid = "u-1";
  pod.metadata.labels = {{"app", "kubia"}};
  pod.spec.containers = {container};
  return pod;
}

std::string value_of(const std::vector<std::string>& env, const std::string& name) {
  for (const std::string& line : env) {
    if (line.rfind(name + "=", 0) == 0) return line.substr(name.size() + 1);
  }
  return "(unset)";
}

std::vector<std::string> env_of(const manifest::Container& container,
                                const images::ImageConfig& image = {}) {
  return container_env(pod_with(container), container, image, "kubia",
                       {"node-1", "192.0.2.1", "", 4, 1 << 30});
}

TEST(ContainerEnv, ManifestOverImageOverDefaults) {
  images::ImageConfig image;
  image.env = {"PATH=/image/bin", "LANG=C", "EMPTY="};
  manifest::Container container;
  container.env = {{"LANG", "de", std::nullopt}};
  const auto env = env_of(container, image);
  EXPECT_EQ(value_of(env, "PATH"), "/image/bin");
  EXPECT_EQ(value_of(env, "LANG"), "de");
  EXPECT_EQ(value_of(env, "EMPTY"), "");
  EXPECT_EQ(value_of(env, "HOSTNAME"), "kubia");
  EXPECT_EQ(std::count_if(env.begin(), env.end(),
                          [](const auto& line) { return line.rfind("LANG=", 0) == 0; }),
            1);
}

TEST(ContainerEnv, ExpandsEarlierVariablesOnly) {
  manifest::Container container;
  container.env = {{"A", "1", std::nullopt},
                   {"B", "$(A)-$(C)-$$(A)", std::nullopt},
                   {"C", "3", std::nullopt},
                   {"D", "$(PATH)", std::nullopt}};
  const auto env = env_of(container);
  EXPECT_EQ(value_of(env, "B"), "1-$(C)-$(A)");
  EXPECT_EQ(value_of(env, "D"), "$(PATH)");
}

TEST(ContainerEnv, LabelsAsTheyAreByNow) {
  manifest::Container container;
  container.env = {{"APP", "", manifest::ObjectFieldSelector{"metadata.labels['app']"}},
                   {"NAME", "", manifest::ObjectFieldSelector{"metadata.name"}}};
  ConfigData config;
  config.labels = ConfigData::Entries{{"app", "changed"}};
  const auto env = container_env(pod_with(container), container, {}, "kubia", {}, config);
  EXPECT_EQ(value_of(env, "APP"), "changed");
  EXPECT_EQ(value_of(env, "NAME"), "kubia");
}

TEST(ContainerEnv, FieldAndResourceReferences) {
  manifest::Container container;
  container.name = "c";
  container.resources.limits["cpu"] = Quantity::parse("1500m");
  container.resources.limits["memory"] = Quantity::parse("64Mi");
  const auto field = [](const char* name, const char* path) {
    return manifest::EnvVar{name, "", manifest::ObjectFieldSelector{path}};
  };
  const auto resource = [](const char* name, const char* what, const char* divisor) {
    return manifest::EnvVar{name, "",
                            manifest::ResourceFieldSelector{"", what, Quantity::parse(divisor)}};
  };
  container.env = {field("NAME", "metadata.name"),          field("APP", "metadata.labels['app']"),
                   field("NODE", "spec.nodeName"),          resource("CPUS", "limits.cpu", "0"),
                   resource("MILLI", "limits.cpu", "1m"),   resource("MIB", "limits.memory", "1Mi"),
                   resource("REQUEST", "requests.cpu", "0")};
  const auto env = env_of(container);
  EXPECT_EQ(value_of(env, "NAME"), "kubia");
  EXPECT_EQ(value_of(env, "APP"), "kubia");
  EXPECT_EQ(value_of(env, "NODE"), "node-1");
  EXPECT_EQ(value_of(env, "CPUS"), "2");
  EXPECT_EQ(value_of(env, "MILLI"), "1500");
  EXPECT_EQ(value_of(env, "MIB"), "64");
  EXPECT_EQ(value_of(env, "REQUEST"), "0");
  container.resources.limits.clear();
  EXPECT_EQ(value_of(env_of(container), "CPUS"), "4");
}

TEST(ContainerEnv, MissingSourcesAreNamed) {
  manifest::Container container;
  container.env = {{"A", "", manifest::ConfigMapKeySelector{"settings", "key", false}}};
  EXPECT_THROW(env_of(container), Error);
  container.env = {{"A", "", manifest::ConfigMapKeySelector{"settings", "key", true}}};
  EXPECT_EQ(value_of(env_of(container), "A"), "(unset)");
}

TEST(ContainerEnv, TakesWhatTheDaemonProvides) {
  const ConfigData config = ConfigData::from_json(
      R"({"configMaps": {"settings": {"key": "$(A) as it is", "B=": "no name"}},
          "secrets": {"login": {"password": "czM="}}})");
  const auto env_with = [&](const manifest::Container& container) {
    return container_env(pod_with(container), container, images::ImageConfig{}, "kubia",
                         NodeFacts{}, config);
  };
  manifest::Container container;
  container.env_from = {{"S_", false, "settings", false}, {"", true, "absent", true}};
  container.env = {{"A", "", manifest::SecretKeySelector{"login", "password", false}},
                   {"C", "$(A)-$(S_key)", std::nullopt}};
  const auto env = env_with(container);
  EXPECT_EQ(value_of(env, "S_key"), "$(A) as it is");
  EXPECT_EQ(value_of(env, "A"), "s3");
  EXPECT_EQ(value_of(env, "C"), "s3-$(A) as it is");
  EXPECT_EQ(value_of(env, "S_B="), "(unset)");

  const auto message_of = [&](manifest::EnvSource source) -> std::string {
    container.env = {{"A", "", std::move(source)}};
    try {
      env_with(container);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const std::string where = pod_with(container).metadata.namespace_;
  EXPECT_EQ(message_of(manifest::ConfigMapKeySelector{"other", "key", false}),
            "configmap \"other\" not found");
  EXPECT_EQ(message_of(manifest::SecretKeySelector{"login", "x", false}),
            "couldn't find key x in Secret " + where + "/login");
  EXPECT_EQ(message_of(manifest::SecretKeySelector{"login", "x", true}), "");
}

TEST(ContainerCommand, FollowsTheTableOfCommandAndArgs) {
  using Words = std::vector<std::string>;
  images::ImageConfig image;
  image.entrypoint = {"/entry"};
  image.cmd = {"$(X)"};
  manifest::Container container;
  EXPECT_EQ(container_command(container, image, {"X=1"}), (Words{"/entry", "$(X)"}));
  container.args = {"$(X)", "$(Y)"};
  EXPECT_EQ(container_command(container, image, {"X=1"}), (Words{"/entry", "1", "$(Y)"}));
  container.command = {"run"};
  EXPECT_EQ(container_command(container, image, {"X=1"}), (Words{"run", "1", "$(Y)"}));
  container.args.clear();
  EXPECT_EQ(container_command(container, image, {}), (Words{"run"}));
  container.command.clear();
  EXPECT_THROW(container_command(container, images::ImageConfig{}, {}), Error);
}

TEST(MountSubPath, ExpandsSubPathExprAndRefusesWhatIsNotThere) {
  manifest::VolumeMount mount;
  EXPECT_EQ(mount_sub_path(mount, {"POD=kubia"}), "");
  mount.sub_path = "$(POD)";
  EXPECT_EQ(mount_sub_path(mount, {"POD=kubia"}), "$(POD)");
  mount.sub_path.clear();
  mount.sub_path_expr = "logs/$(POD)/$$(POD)";
  EXPECT_EQ(mount_sub_path(mount, {"POD=kubia"}), "logs/kubia/$(POD)");
  EXPECT_THROW(mount_sub_path(mount, {"OTHER=x"}), Error);
}

TEST(PodHostname, IsCutTo63Characters) {
  manifest::Pod pod;
  pod.metadata.name = std::string(62, 'a') + ".b";
  EXPECT_EQ(pod_hostname(pod), std::string(62, 'a'));
  pod.spec.hostname = "given";
  EXPECT_EQ(pod_hostname(pod), "given");
}

}  // namespace
}  // namespace podrun::pod
