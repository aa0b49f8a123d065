// Which node a pod gets, and the texts where none takes it.
#include <gtest/gtest.h>

#include "supervisor/scheduling/decision.h"

namespace podrun::scheduling {
namespace {

Json parse(const std::string& text) { return Json::parse(text); }

Json node(const std::string& name, const std::string& more = "{}") {
  Json made = {
      {"metadata", {{"name", name}, {"labels", {{"kubernetes.io/hostname", name}}}}},
      {"spec", Json::object()},
      {"status",
       {{"allocatable",
         {{"cpu", "2"}, {"memory", "4Gi"}, {"ephemeral-storage", "100Gi"}, {"pods", "110"}}}}}};
  made.merge_patch(parse(more));
  return made;
}

Json pod(const std::string& name, const std::string& spec = "{}") {
  Json made = {
      {"metadata", {{"name", name}, {"namespace", "default"}, {"labels", {{"app", "web"}}}}},
      {"spec", {{"containers", Json::array({{{"name", "c"}}})}}}};
  made["spec"].merge_patch(parse(spec));
  return made;
}

Json asking(const std::string& name, const std::string& requests, const std::string& spec = "{}") {
  Json made = pod(name, spec);
  made["spec"]["containers"][0]["resources"]["requests"] = parse(requests);
  return made;
}

class Scheduling : public ::testing::Test {
 protected:
  Decision choose(const Json& which) const { return choose_node(pod_facts(which), cluster_); }
  std::string node_of(const Json& which) const { return choose(which).node; }
  std::string why_not(const Json& which) const { return choose(which).message; }
  void run(Json which, const std::string& on) {
    which["spec"]["nodeName"] = on;
    cluster_.set_pod(which);
  }
  /// For a refusal of one node that no leaving pod would mend.
  static std::string beyond_help(const std::string& reason) {
    return "0/1 nodes are available: 1 " + reason +
           ". preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
  }
  static std::string crowded_out(const std::string& reason) {
    return "0/1 nodes are available: 1 " + reason +
           ". preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.";
  }

  Cluster cluster_;
};

TEST_F(Scheduling, WithoutNodesThereIsNothingToChooseFrom) {
  EXPECT_EQ(why_not(pod("a")), "no nodes available to schedule pods");
}

TEST_F(Scheduling, RequestsAreHeldAgainstWhatIsFree) {
  cluster_.set_node(node("n1"));
  EXPECT_EQ(node_of(asking("a", R"({"cpu": "2"})")), "n1");
  EXPECT_EQ(why_not(asking("a", R"({"cpu": "2001m"})")), beyond_help("Insufficient cpu"));
  run(asking("b", R"({"cpu": "1500m", "memory": "1Gi"})"), "n1");
  EXPECT_EQ(node_of(asking("a", R"({"cpu": "500m"})")), "n1");
  EXPECT_EQ(why_not(asking("a", R"({"cpu": "501m"})")), crowded_out("Insufficient cpu"));
  EXPECT_EQ(why_not(asking("a", R"({"cpu": "1", "memory": "3.5Gi"})")),
            "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. preemption: 0/1 "
            "nodes are available: 1 No preemption victims found for incoming pod.");
  EXPECT_EQ(why_not(asking("a", R"({"example.com/gpu": "1"})")),
            beyond_help("Insufficient example.com/gpu"));
  EXPECT_EQ(why_not(asking("a", R"({"cpu": "501m"})", R"({"preemptionPolicy": "Never"})")),
            "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to "
            "preemptionPolicy=Never.");
}

TEST_F(Scheduling, PodsThatShrinkLeaveRoom) {
  cluster_.set_node(node("n1"));
  run(asking("b", R"({"cpu": "2"})"), "n1");
  EXPECT_EQ(node_of(asking("a", R"({"cpu": "1"})")), "");
  Json resized = asking("b", R"({"cpu": "500m"})");
  resized["spec"]["nodeName"] = "n1";
  EXPECT_EQ(cluster_.set_pod(resized), Effect::kFreed);
  EXPECT_EQ(cluster_.set_pod(resized), Effect::kNone);
  EXPECT_EQ(node_of(asking("a", R"({"cpu": "1"})")), "n1");
}

TEST_F(Scheduling, PodsThatEndOrGoLeaveTheirRoom) {
  cluster_.set_node(node("n1"));
  Json other = asking("b", R"({"cpu": "2"})");
  run(other, "n1");
  EXPECT_EQ(node_of(asking("a", R"({"cpu": "1"})")), "");
  other["spec"]["nodeName"] = "n1";
  other["status"]["phase"] = "Succeeded";
  EXPECT_EQ(cluster_.set_pod(other), Effect::kFreed);
  EXPECT_EQ(cluster_.set_pod(other), Effect::kNone);
  EXPECT_EQ(node_of(asking("a", R"({"cpu": "1"})")), "n1");
  run(asking("c", R"({"cpu": "2"})"), "n1");
  EXPECT_TRUE(cluster_.remove_pod("default", "c"));
  EXPECT_FALSE(cluster_.remove_pod("default", "c"));
  EXPECT_EQ(node_of(asking("a", R"({"cpu": "1"})")), "n1");
}

TEST_F(Scheduling, InitContainersCountAsTheLargestBesideItsSidecars) {
  cluster_.set_node(node("n1"));
  const auto with_init = [&](const std::string& init) {
    return asking("a", R"({"cpu": "500m"})", R"({"initContainers": )" + init + "}");
  };
  const std::string big = R"([{"resources": {"requests": {"cpu": "2"}}}])";
  EXPECT_EQ(node_of(with_init(big)), "n1");
  // The sidecar runs beside the init container, and beside the containers.
  EXPECT_EQ(node_of(with_init(
                R"([{"restartPolicy": "Always", "resources": {"requests": {"cpu": "1500m"}}},
                                  {"resources": {"requests": {"cpu": "500m"}}}])")),
            "n1");
  EXPECT_EQ(node_of(with_init(
                R"([{"restartPolicy": "Always", "resources": {"requests": {"cpu": "1500m"}}},
                                  {"resources": {"requests": {"cpu": "501m"}}}])")),
            "");
  EXPECT_EQ(node_of(with_init(
                R"([{"restartPolicy": "Always", "resources": {"requests": {"cpu": "1501m"}}}])")),
            "");
}

TEST_F(Scheduling, PodsAreCounted) {
  cluster_.set_node(node("n1", R"({"status": {"allocatable": {"pods": "1"}}})"));
  EXPECT_EQ(node_of(pod("a")), "n1");
  run(pod("b"), "n1");
  EXPECT_EQ(why_not(pod("a")), crowded_out("Too many pods"));
}

TEST_F(Scheduling, NodeSelectorAndRequiredAffinity) {
  cluster_.set_node(node("n1", R"({"metadata": {"labels": {"disk": "ssd", "cores": "8"}}})"));
  const std::string mismatch = beyond_help("node(s) didn't match Pod's node affinity/selector");
  EXPECT_EQ(node_of(pod("a", R"({"nodeSelector": {"disk": "ssd"}})")), "n1");
  EXPECT_EQ(why_not(pod("a", R"({"nodeSelector": {"disk": "hdd"}})")), mismatch);
  const auto terms = [&](const std::string& list) {
    return pod("a",
               R"({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
                        {"nodeSelectorTerms": )" +
                   list + "}}}}");
  };
  const auto expression = [&](const std::string& key, const std::string& op,
                              const std::string& values) {
    return node_of(terms(R"([{"matchExpressions": [{"key": ")" + key + R"(", "operator": ")" + op +
                         R"(", "values": )" + values + "}]}]"));
  };
  EXPECT_EQ(expression("disk", "In", R"(["hdd", "ssd"])"), "n1");
  EXPECT_EQ(expression("disk", "In", R"(["hdd"])"), "");
  EXPECT_EQ(expression("disk", "NotIn", R"(["hdd"])"), "n1");
  EXPECT_EQ(expression("disk", "NotIn", R"(["ssd"])"), "");
  EXPECT_EQ(expression("none", "NotIn", R"(["ssd"])"), "n1");
  EXPECT_EQ(expression("disk", "Exists", "[]"), "n1");
  EXPECT_EQ(expression("none", "Exists", "[]"), "");
  EXPECT_EQ(expression("none", "DoesNotExist", "[]"), "n1");
  EXPECT_EQ(expression("disk", "DoesNotExist", "[]"), "");
  EXPECT_EQ(expression("cores", "Gt", R"(["7"])"), "n1");
  EXPECT_EQ(expression("cores", "Gt", R"(["8"])"), "");
  EXPECT_EQ(expression("cores", "Lt", R"(["9"])"), "n1");
  EXPECT_EQ(expression("disk", "Lt", R"(["9"])"), "");
  // One of the terms is enough; one that asks for nothing matches nothing.
  EXPECT_EQ(node_of(terms(R"([{"matchExpressions": [{"key": "none", "operator": "Exists"}]},
                              {"matchExpressions": [{"key": "disk", "operator": "Exists"}]}])")),
            "n1");
  EXPECT_EQ(why_not(terms("[{}]")), mismatch);
}

TEST_F(Scheduling, ANodeMayBeNamed) {
  cluster_.set_node(node("n1", R"({"status": {"allocatable": {"pods": "0"}}})"));
  cluster_.set_node(node("n2"));
  const auto named = [&](const std::string& name) {
    return pod("a",
               R"({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
      {"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": [")" +
                   name + R"("]}]}]}}}})");
  };
  EXPECT_EQ(node_of(named("n2")), "n2");
  EXPECT_EQ(
      why_not(named("n1")),
      "0/2 nodes are available: 1 Too many pods, 1 node(s) didn't satisfy plugin(s) "
      "[NodeAffinity]. preemption: 0/2 nodes are available: 1 No preemption victims found for "
      "incoming pod, 1 Preemption is not helpful for scheduling.");
}

TEST_F(Scheduling, TaintsAndTolerations) {
  const std::string taint =
      R"({"spec": {"taints": [{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}]}})";
  cluster_.set_node(node("n1", taint));
  EXPECT_EQ(why_not(pod("a")), beyond_help("node(s) had untolerated taint {dedicated: gpu}"));
  const auto tolerating = [&](const std::string& toleration) {
    return node_of(pod("a", R"({"tolerations": [)" + toleration + "]}"));
  };
  EXPECT_EQ(tolerating(R"({"key": "dedicated", "value": "gpu", "effect": "NoSchedule"})"), "n1");
  EXPECT_EQ(tolerating(R"({"key": "dedicated", "operator": "Exists"})"), "n1");
  EXPECT_EQ(tolerating(R"({"operator": "Exists"})"), "n1");
  EXPECT_EQ(tolerating(R"({"key": "dedicated", "value": "cpu"})"), "");
  EXPECT_EQ(tolerating(R"({"key": "dedicated", "operator": "Exists", "effect": "NoExecute"})"), "");
}

TEST_F(Scheduling, CordonedNodesTakeNone) {
  cluster_.set_node(node("n1", R"({"spec": {"unschedulable": true, "taints":
      [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]}})"));
  EXPECT_EQ(why_not(pod("a")), beyond_help("node(s) were unschedulable"));
  EXPECT_EQ(node_of(pod("a", R"({"tolerations": [{"key": "node.kubernetes.io/unschedulable",
                                                  "operator": "Exists"}]})")),
            "n1");
}

TEST_F(Scheduling, HostPortsAreHeldOnce) {
  cluster_.set_node(node("n1"));
  const auto with_port = [&](const std::string& name, const std::string& port) {
    Json made = pod(name);
    made["spec"]["containers"][0]["ports"] = Json::array({parse(port)});
    return made;
  };
  run(with_port("b", R"({"hostPort": 80, "hostIP": "10.0.0.1"})"), "n1");
  EXPECT_EQ(node_of(with_port("a", R"({"hostPort": 81})")), "n1");
  EXPECT_EQ(node_of(with_port("a", R"({"hostPort": 80, "protocol": "UDP"})")), "n1");
  EXPECT_EQ(node_of(with_port("a", R"({"hostPort": 80, "hostIP": "10.0.0.2"})")), "n1");
  EXPECT_EQ(why_not(with_port("a", R"({"hostPort": 80})")),
            crowded_out("node(s) didn't have free ports for the requested pod ports"));
}

TEST_F(Scheduling, ReasonsAreCountedOverNodes) {
  cluster_.set_node(node("n1"));
  cluster_.set_node(node("n2"));
  cluster_.set_node(node("n3", R"({"spec": {"unschedulable": true}})"));
  EXPECT_EQ(
      why_not(asking("a", R"({"cpu": "3"})")),
      "0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu. preemption: "
      "0/3 nodes are available: 3 Preemption is not helpful for scheduling.");
}

TEST_F(Scheduling, AntiAffinityKeepsPodsApart) {
  cluster_.set_node(node("n1"));
  const std::string apart = R"({"affinity": {"podAntiAffinity": {
      "requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"}]}}})";
  EXPECT_EQ(node_of(pod("a", apart)), "n1");
  run(pod("b", apart), "n1");
  EXPECT_EQ(why_not(pod("a", apart)), crowded_out("node(s) didn't match pod anti-affinity rules"));
  // The pod that is there does not want this one, either.
  EXPECT_EQ(why_not(pod("a")),
            crowded_out("node(s) didn't satisfy existing pods anti-affinity rules"));
  run(pod("b"), "n1");  // another of this name, without terms
  EXPECT_EQ(node_of(pod("a")), "n1");
  run(pod("b", apart), "n1");
  cluster_.set_node(node("n2"));
  EXPECT_EQ(node_of(pod("a", apart)), "n2");
  Json elsewhere = pod("a", apart);
  elsewhere["metadata"]["namespace"] = "other";
  EXPECT_NE(node_of(elsewhere), "");
}

TEST_F(Scheduling, AffinityFollowsItsCompany) {
  cluster_.set_node(node("n1"));
  cluster_.set_node(node("n2"));
  const auto near = [&](const std::string& app) {
    return pod("a",
               R"({"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {"matchLabels": {"app": ")" +
                   app + R"("}}, "topologyKey": "kubernetes.io/hostname"}]}}})");
  };
  EXPECT_NE(node_of(near("web")), "");  // it is its own company, and the first
  EXPECT_EQ(why_not(near("db")),
            "0/2 nodes are available: 2 node(s) didn't match pod affinity rules. preemption: 0/2 "
            "nodes are available: 2 Preemption is not helpful for scheduling.");
  Json db = pod("db");
  db["metadata"]["labels"]["app"] = "db";
  run(db, "n2");
  EXPECT_EQ(node_of(near("db")), "n2");
}

TEST_F(Scheduling, NamespacesMayBeSelected) {
  cluster_.set_node(node("n1"));
  cluster_.set_namespace("blue", parse(R"({"team": "blue"})"));
  Json other = pod("b");
  other["metadata"]["namespace"] = "blue";
  run(other, "n1");
  const auto apart = [&](const std::string& team) {
    return node_of(
        pod("a",
            R"({"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {}, "topologyKey": "kubernetes.io/hostname",
         "namespaceSelector": {"matchLabels": {"team": ")" +
                team + R"("}}}]}}})"));
  };
  EXPECT_EQ(apart("blue"), "");
  EXPECT_EQ(apart("red"), "n1");
}

TEST_F(Scheduling, PrefersWhatIsEmptier) {
  for (const char* name : {"n1", "n2", "n3"}) cluster_.set_node(node(name));
  run(asking("b", R"({"cpu": "1"})"), "n1");
  run(asking("c", R"({"cpu": "1"})"), "n3");
  EXPECT_EQ(node_of(pod("a")), "n2");
  // Pods that ask for nothing spread, too.
  Cluster even;
  for (const char* name : {"n1", "n2", "n3"}) even.set_node(node(name));
  for (int i = 0; i < 9; ++i) {
    Json next = pod("p" + std::to_string(i));
    next["spec"]["nodeName"] = choose_node(pod_facts(next), even).node;
    even.set_pod(next);
  }
  for (const auto& [name, state] : even.nodes()) EXPECT_EQ(state.pods.size(), 3U) << name;
}

TEST_F(Scheduling, PreferencesOutweighRoom) {
  cluster_.set_node(node("n1", R"({"metadata": {"labels": {"disk": "ssd"}}})"));
  cluster_.set_node(node("n2"));
  run(asking("b", R"({"cpu": "1"})"), "n1");
  const std::string preferred = R"({"affinity": {"nodeAffinity": {
      "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference":
        {"matchExpressions": [{"key": "disk", "operator": "Exists"}]}}]}}})";
  EXPECT_EQ(node_of(pod("a")), "n2");
  EXPECT_EQ(node_of(pod("a", preferred)), "n1");
  cluster_.set_node(
      node("n2", R"({"spec": {"taints": [{"key": "k", "effect": "PreferNoSchedule"}]}})"));
  EXPECT_EQ(node_of(pod("a")), "n1");
  cluster_.set_node(node("n2"));
  const std::string away = R"({"affinity": {"podAntiAffinity": {
      "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm":
        {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"}}]}}})";
  run(asking("c", R"({"cpu": "2"})"), "n2");
  cluster_.remove_pod("default", "c");
  EXPECT_EQ(node_of(pod("a", away)), "n2");
}

TEST_F(Scheduling, APodMayBeToldOfBeforeItsNode) {
  run(asking("b", R"({"cpu": "2"})"), "n1");
  cluster_.set_node(node("n1"));
  EXPECT_EQ(node_of(asking("a", R"({"cpu": "1"})")), "");
  EXPECT_FALSE(cluster_.set_node(node("n1")));
  EXPECT_TRUE(cluster_.set_node(node("n1", R"({"status": {"allocatable": {"cpu": "4"}}})")));
  EXPECT_EQ(node_of(asking("a", R"({"cpu": "1"})")), "n1");
}

}  // namespace
}  // namespace podrun::scheduling
