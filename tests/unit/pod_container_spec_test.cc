#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "supervisor/pod/container_spec.h"

namespace podrun::pod {
namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class ContainerSpec : public ::testing::Test {
 protected:
  ContainerSpec() {
    pod_.metadata.name = "kubia";
    container_.name = "kubia";
    container_.command = {"/bin/true"};
  }
  runtime::Spec spec(std::vector<runtime::Mount> mounts = {}) {
    return container_spec(
        {pod_, container_, image_, users_, node_, "kubia", std::move(mounts), 500});
  }
  manifest::Pod pod_;
  manifest::Container container_;
  images::ImageConfig image_;
  UserDatabase users_;
  NodeFacts node_;
};

TEST_F(ContainerSpec, DefaultsAreConfined) {
  const runtime::Spec made = spec();
  EXPECT_EQ(made.process.args, Names{"/bin/true"});
  EXPECT_EQ(made.process.cwd, "/");
  EXPECT_EQ(made.process.oom_score_adj, 500);
  EXPECT_FALSE(made.process.no_new_privileges);
  EXPECT_FALSE(made.linux_.seccomp.empty());
  EXPECT_FALSE(made.linux_.masked_paths.empty());
  EXPECT_FALSE(has(made.process.capabilities.bounding, "CAP_SYS_ADMIN"));
  EXPECT_TRUE(made.process.capabilities.ambient.empty());
  EXPECT_TRUE(has(made.process.env, "HOME=/"));
}

TEST_F(ContainerSpec, ATerminalIsGivenWhereItIsAskedFor) {
  EXPECT_FALSE(spec().process.terminal);
  container_.tty = true;
  const runtime::Spec made = spec();
  EXPECT_TRUE(made.process.terminal);
  EXPECT_TRUE(has(made.process.env, "TERM=xterm"));
}

TEST_F(ContainerSpec, PrivilegedIsNot) {
  container_.security_context = manifest::SecurityContext{};
  container_.security_context->privileged = true;
  const runtime::Spec made = spec();
  EXPECT_TRUE(made.linux_.seccomp.empty());
  EXPECT_TRUE(made.linux_.masked_paths.empty());
  EXPECT_TRUE(has(made.process.capabilities.bounding, "CAP_SYS_ADMIN"));
}

TEST_F(ContainerSpec, HostPidHasNoPidNamespace) {
  const auto has_pid = [](const runtime::Spec& made) {
    return std::any_of(made.linux_.namespaces.begin(), made.linux_.namespaces.end(),
                       [](const auto& one) { return one.type == runtime::NamespaceType::kPid; });
  };
  EXPECT_TRUE(has_pid(spec()));
  pod_.spec.host_pid = true;
  EXPECT_FALSE(has_pid(spec()));
}

TEST_F(ContainerSpec, AManifestsMountReplacesTheDefaultOne) {
  const runtime::Spec made = spec({{"/dev/shm", "bind", "/somewhere", {"rbind"}, -1}});
  int count = 0;
  for (const auto& mount : made.mounts) count += mount.destination == "/dev/shm" ? 1 : 0;
  EXPECT_EQ(count, 1);
}

TEST_F(ContainerSpec, WhatCannotBeIsAConfigError) {
  container_.command.clear();
  EXPECT_THROW(spec(), ConfigError);
  container_.command = {"/bin/true"};
  image_.user = "nobody-knows";
  EXPECT_THROW(spec(), ConfigError);
}

TEST(EffectiveCapabilities, AddsAndDrops) {
  const Names all = {"CAP_CHOWN", "CAP_KILL", "CAP_SYS_TIME"};
  const Names defaults = {"CAP_CHOWN", "CAP_KILL"};
  manifest::SecurityContext context;
  EXPECT_EQ(effective_capabilities(defaults, all, context), defaults);
  context.capabilities_add = {"SYS_TIME"};
  context.capabilities_drop = {"CAP_KILL"};
  EXPECT_EQ(effective_capabilities(defaults, all, context), (Names{"CAP_CHOWN", "CAP_SYS_TIME"}));
  context.capabilities_drop = {"ALL"};
  EXPECT_EQ(effective_capabilities(defaults, all, context), (Names{"CAP_SYS_TIME"}));
  context.capabilities_add = {"ALL"};
  context.capabilities_drop = {"KILL"};
  EXPECT_EQ(effective_capabilities(defaults, all, context), (Names{"CAP_CHOWN", "CAP_SYS_TIME"}));
  context.capabilities_add = {"SUPERPOWERS"};
  EXPECT_THROW(effective_capabilities(defaults, all, context), Error);
}

}  // namespace
}  // namespace podrun::pod
