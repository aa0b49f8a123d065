// What other resources mean for a container that runs, and how it is told.
#include <gtest/gtest.h>

#include "supervisor/pod/conditions.h"
#include "supervisor/pod/resize.h"

namespace podrun::pod {
namespace {

manifest::ResourceRequirements computing(const char* cpu, const char* memory) {
  manifest::ResourceRequirements resources;
  resources.limits = {{"cpu", Quantity::parse(cpu)}, {"memory", Quantity::parse(memory)}};
  resources.requests = resources.limits;
  return resources;
}

manifest::Container container(const char* cpu, const char* memory) {
  manifest::Container made;
  made.name = "main";
  made.resources = computing(cpu, memory);
  return made;
}

TEST(Resize, EffectFollowsThePolicyOfWhatChanges) {
  manifest::Container wanted = container("500m", "64Mi");
  EXPECT_EQ(resize_effect(computing("0.5", "65536Ki"), wanted), ResizeEffect::kNone);
  EXPECT_EQ(resize_effect(computing("1", "64Mi"), wanted), ResizeEffect::kInPlace);
  wanted.resize_policy = {{"cpu", "NotRequired"}, {"memory", "RestartContainer"}};
  EXPECT_EQ(resize_effect(computing("1", "64Mi"), wanted), ResizeEffect::kInPlace);
  EXPECT_EQ(resize_effect(computing("500m", "32Mi"), wanted), ResizeEffect::kRestart);
  EXPECT_EQ(resize_effect(computing("1", "32Mi"), wanted), ResizeEffect::kRestart);
  EXPECT_EQ(resize_effect(computing("500m", "64Mi"), wanted), ResizeEffect::kNone);
  // A request alone.
  manifest::ResourceRequirements less = computing("500m", "64Mi");
  less.requests["memory"] = Quantity::parse("1Mi");
  EXPECT_EQ(resize_effect(less, wanted), ResizeEffect::kRestart);
  less.requests.clear();
  EXPECT_EQ(resize_effect(less, container("500m", "64Mi")), ResizeEffect::kInPlace);
}

TEST(Resize, TakesTheResourcesOfContainersByName) {
  manifest::PodSpec spec, wanted;
  spec.containers = {container("1", "1Gi"), container("1", "1Gi")};
  spec.containers[1].name = "other";
  wanted = spec;
  EXPECT_TRUE(same_resources(spec, wanted));
  wanted.containers[1].resources = computing("2", "1Gi");
  EXPECT_FALSE(same_resources(spec, wanted));
  wanted.containers[0].name = "unknown";
  take_resources(spec, wanted);
  EXPECT_EQ(spec.containers[0].resources.limits.at("cpu").canonical(), "1");
  EXPECT_EQ(spec.containers[1].resources.limits.at("cpu").canonical(), "2");
}

TEST(Resize, RefusesToFallBelowWhatIsUsed) {
  EXPECT_EQ(falls_refused({}), "");
  EXPECT_EQ(falls_refused({{"", 200, 100, 100}}), "") << "it just fits";
  EXPECT_EQ(falls_refused({{"", 100, 100, 500}}), "") << "no fall";
  EXPECT_EQ(falls_refused({{"", 100, std::nullopt, 500}}), "");
  EXPECT_EQ(falls_refused({{"", 200, 100, 101}}),
            "cannot decrease memory limits: attempting to set pod memory limit (100) below current "
            "usage (101)");
  EXPECT_EQ(
      falls_refused({{"", std::nullopt, 100, 101}, {"main", 200, 100, 150}}),
      "cannot decrease memory limits: [attempting to set pod memory limit (100) below current "
      "usage (101), attempting to set container \"main\" memory limit (100) below current "
      "usage (150)]");
}

TEST(Resize, MessagesAreKubelets) {
  manifest::PodSpec spec;
  spec.containers = {container("500m", "64Mi")};
  EXPECT_EQ(resize_message("started", spec, 2),
            R"(Pod resize started: {"containers":[{"name":"main","resources":{"limits":)"
            R"({"cpu":"500m","memory":"64Mi"},"requests":{"cpu":"500m","memory":"64Mi"}}}],)"
            R"("generation":2})");
  spec.init_containers = spec.containers;
  spec.containers[0].resources = {};
  EXPECT_EQ(resize_message("error", spec, 3, "why"),
            R"(Pod resize error: {"initContainers":[{"name":"main","resources":{"limits":)"
            R"({"cpu":"500m","memory":"64Mi"},"requests":{"cpu":"500m","memory":"64Mi"}}}],)"
            R"("containers":[{"name":"main","resources":{}}],"generation":3,"error":"why"})");
}

TEST(Resize, IsAConditionWhileItIsInProgress) {
  PodFacts facts;
  const auto last = [&] { return conditions_of(PodStatus(), manifest::PodSpec(), facts).back(); };
  EXPECT_EQ(last().type, "PodScheduled");
  facts.resize = ResizeProgress{};
  EXPECT_EQ(last().type, "PodResizeInProgress");
  EXPECT_EQ(last().status, "True");
  EXPECT_EQ(last().reason, "");
  facts.resize->error = "too much";
  EXPECT_EQ(last().reason, "Error");
  EXPECT_EQ(last().message, "too much");
}

}  // namespace
}  // namespace podrun::pod
