// cgroup figures, oom_score_adj and `$(VAR)`, as a kubelet computes them.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "supervisor/manifest/expand.h"
#include "supervisor/manifest/resources.h"

namespace podrun::manifest {
namespace {

using Resources = std::map<std::string, Quantity>;

Resources resources(const std::string& cpu, const std::string& memory) {
  Resources out;
  if (!cpu.empty()) out["cpu"] = Quantity::parse(cpu);
  if (!memory.empty()) out["memory"] = Quantity::parse(memory);
  return out;
}

Container container(const std::string& cpu_limit, const std::string& memory_limit,
                    const std::string& cpu_request = "", const std::string& memory_request = "",
                    bool sidecar = false) {
  Container out;
  out.resources.limits = resources(cpu_limit, memory_limit);
  out.resources.requests = resources(cpu_request, memory_request);
  if (sidecar) out.restart_policy = "Always";
  return out;
}

/// "quota shares memory", "-" for no limit.
std::string show(const CgroupFigures& figures) {
  const auto number = [](const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : "-";
  };
  return number(figures.cpu_quota_us) + " " + std::to_string(figures.cpu_shares) + " " +
         number(figures.memory_max);
}

TEST(ManifestResources, OfAContainer) {
  EXPECT_EQ(show(container_figures(container("", ""))), "- 2 -");
  EXPECT_EQ(show(container_figures(container("500m", "128Mi"))), "50000 512 134217728");
  EXPECT_EQ(show(container_figures(container("2", "", "250m"))), "200000 256 -");
  EXPECT_EQ(show(container_figures(container("1m", ""))), "1000 2 -");
  EXPECT_EQ(show(container_figures(container("0.5m", ""))), "1000 2 -");
  EXPECT_EQ(show(container_figures(container("0", "0"))), "- 2 -");
  EXPECT_EQ(show(container_figures(container("", "", "1", "64Mi"))), "- 1024 -");
  EXPECT_EQ(show(container_figures(container("", "", "1000", ""))), "- 262144 -");
  EXPECT_EQ(show(container_figures(container("", "128Mi", "0", "0"))), "- 2 134217728");
}

TEST(ManifestResources, OfAPod) {
  const auto pod = [](std::vector<Container> containers, std::vector<Container> init = {}) {
    PodSpec spec;
    spec.containers = std::move(containers);
    spec.init_containers = std::move(init);
    return show(pod_figures(spec));
  };
  const Container half = container("500m", "128Mi");
  const Container two = container("2", "1Gi");
  const Container side = container("1", "64Mi", "", "", true);
  EXPECT_EQ(pod({half, half}), "100000 1024 268435456");
  EXPECT_EQ(pod({half, container("", "")}), "- 512 -");
  // The largest init container where that is more; it need not be more in all.
  EXPECT_EQ(pod({half}, {two}), "200000 2048 1073741824");
  EXPECT_EQ(pod({half}, {container("2", "64Mi")}), "200000 2048 134217728");
  EXPECT_EQ(pod({two}, {half, half}), "200000 2048 1073741824");
  // Sidecars run beside the others, and beside the init containers that come after them.
  EXPECT_EQ(pod({half}, {side}), "150000 1536 201326592");
  EXPECT_EQ(pod({half}, {side, two}), "300000 3072 1140850688");
  EXPECT_EQ(pod({half}, {two, side}), "200000 2048 1073741824");
  EXPECT_EQ(pod({half}, {container("", "")}), "- 512 -");
}

TEST(ManifestResources, OomScore) {
  constexpr std::int64_t kMachine = 8000000000;
  const auto score = [&](const Container& of, const std::vector<Container>& others = {}) {
    PodSpec spec;
    spec.containers = others;
    (of.restart_policy.empty() ? spec.containers : spec.init_containers).push_back(of);
    return oom_score_adj(spec, of, kMachine);
  };
  EXPECT_EQ(score(container("1", "1Gi")), -997);
  EXPECT_EQ(score(container("", "")), 1000);
  EXPECT_EQ(score(container("", "", "", "4000M")), 500);
  EXPECT_EQ(score(container("", "", "100m", "")), 999);
  EXPECT_EQ(score(container("", "", "", "1k")), 999);
  EXPECT_EQ(score(container("", "", "", "8000M")), 3);
  EXPECT_EQ(score(container("", "", "", "8Ei")), 3);
  // A sidecar goes no sooner than the container that it serves.
  const Container served = container("", "", "", "4000M");
  EXPECT_EQ(score(container("", "", "", "80M", true), {served}), 500);
  EXPECT_EQ(score(container("", "", "", "6000M", true), {served}), 250);
}

TEST(ManifestExpand, AsKubernetesDoes) {
  const std::map<std::string, std::string> variables = {
      {"A", "a"}, {"B", "$(A)"}, {"EMPTY", ""}, {"x y", "spaced"}};
  const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                      {"plain", "plain"},
                                                      {"$(A)", "a"},
                                                      {"-$(A)-$(A)-", "-a-a-"},
                                                      {"$(B)", "$(A)"},
                                                      {"$(EMPTY)", ""},
                                                      {"$(x y)", "spaced"},
                                                      {"$(NONE)", "$(NONE)"},
                                                      {"$()", "$()"},
                                                      {"$$(A)", "$(A)"},
                                                      {"$$$(A)", "$a"},
                                                      {"$$$$(A)", "$$(A)"},
                                                      {"$A", "$A"},
                                                      {"$", "$"},
                                                      {"a$", "a$"},
                                                      {"$$", "$"},
                                                      {"$(A", "$(A"},
                                                      {"$($(A)", "$($(A)"},
                                                      {"$(A)$(", "a$("},
                                                      {"$((A))", "$((A))"},
                                                      {"cost: 5$ $(A)", "cost: 5$ a"}};
  for (const auto& [text, expanded] : rows) EXPECT_EQ(expand(text, variables), expanded) << text;
  std::vector<std::string> missing;
  EXPECT_EQ(expand("$(A)/$(NONE)/$$(B)/$(C", variables, &missing), "a/$(NONE)/$(B)/$(C");
  EXPECT_EQ(missing, std::vector<std::string>{"NONE"});
}

}  // namespace
}  // namespace podrun::manifest
