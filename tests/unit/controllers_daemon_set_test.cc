// DaemonSets on nodes that come, go and change: pods, revisions, status.
#include <gtest/gtest.h>

#include "controllers_daemon_world.h"

namespace podrun::controllers {
namespace {

using test::DaemonSets;
using test::make_set;
using test::node_key;
using test::pod_key;

TEST_F(DaemonSets, OnePodForEachNode) {
  add_node("n1");
  create();
  EXPECT_EQ(where(), "n1");
  add_node("n2");
  EXPECT_EQ(where(), "n1 n2");
  EXPECT_EQ(status("desiredNumberScheduled"), 2);
  EXPECT_EQ(status("numberReady"), 0);
  run_pods();
  EXPECT_EQ(status("numberReady"), 2);
  EXPECT_EQ(status("numberAvailable"), 2);
  EXPECT_EQ(status("updatedNumberScheduled"), 2);
  EXPECT_EQ(status("observedGeneration"), 1);
  EXPECT_TRUE(told("Normal SuccessfulCreate Created pod: agent-"));
}

TEST_F(DaemonSets, FollowsLabels) {
  add_node("n1");
  Json set = make_set();
  set["spec"]["template"]["spec"]["nodeSelector"]["disk"] = "ssd";
  create(set);
  EXPECT_EQ(where(), "");
  EXPECT_EQ(status("desiredNumberScheduled"), 0);
  world.api.edit(node_key("n1"), [](Json& node) { node["metadata"]["labels"]["disk"] = "ssd"; });
  world.settle();
  EXPECT_EQ(where(), "n1");
  run_pods();
  world.api.edit(node_key("n1"), [](Json& node) { node["metadata"]["labels"]["disk"] = "hdd"; });
  world.settle();
  EXPECT_EQ(where(), "");
  EXPECT_TRUE(told("Normal SuccessfulDelete Deleted pod: agent-"));
  end_deleted();
  EXPECT_EQ(status("currentNumberScheduled"), 0);
  EXPECT_EQ(status("numberMisscheduled"), 0);
}

TEST_F(DaemonSets, PodsArePinnedAndTolerateWhatDaemonsDo) {
  add_node("n1");
  create();
  const Json pod = *only_pod().json;
  EXPECT_EQ(pod["spec"]["affinity"]["nodeAffinity"]
               ["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"],
            Json::parse(R"([{"matchFields": [
                {"key": "metadata.name", "operator": "In", "values": ["n1"]}]}])"));
  EXPECT_EQ(pod["spec"]["tolerations"].size(), 6U);
  EXPECT_EQ(text_at(pod, {"metadata", "labels", kRevisionHashLabel}),
            text_at(*world.api.list(kControllerRevisions)[0].json,
                    {"metadata", "labels", kRevisionHashLabel}));
}

TEST_F(DaemonSets, TheTemplateDoesNotShortenWhatDaemonsTolerate) {
  add_node("n1");
  Json set = make_set();
  const Json brief = Json::parse(R"({"key": "node.kubernetes.io/unreachable",
      "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30})");
  Json other = brief;
  other["key"] = "example.com/other";
  Json equal = brief;
  equal["operator"] = "Equal";
  set["spec"]["template"]["spec"]["tolerations"] = Json::array({other, brief, equal});
  create(set);
  const Json pod = *only_pod().json;
  const Json& all = pod["spec"]["tolerations"];
  ASSERT_EQ(all.size(), 8U) << all.dump(1);
  EXPECT_EQ(all[0], other);
  Json unlimited = brief;
  unlimited.erase("tolerationSeconds");
  EXPECT_TRUE(same_value(all[1], unlimited)) << all[1];
  EXPECT_EQ(all[2], equal);
}

TEST_F(DaemonSets, CordonedNodesKeepTheirsTaintedOnesGetNone) {
  add_node("n1");
  create();
  world.api.edit(node_key("n1"), [](Json& node) { node["spec"]["unschedulable"] = true; });
  world.settle();
  EXPECT_EQ(where(), "n1");
  EXPECT_EQ(status("desiredNumberScheduled"), 1);
  taint("n1", "NoSchedule");
  EXPECT_EQ(where(), "n1");
  EXPECT_EQ(status("numberMisscheduled"), 1);
  taint("n1", "NoExecute");
  EXPECT_EQ(where(), "");
}

TEST_F(DaemonSets, FailedPodsAreReplacedWithBackoff) {
  add_node("n1");
  create();
  const auto fail = [&] {
    const std::string name = only_pod().key.name;
    world.api.edit(pod_key(name), [](Json& pod) { pod["status"]["phase"] = "Failed"; });
    world.settle();
    return name;
  };
  const std::string first = fail();
  EXPECT_TRUE(told("Warning FailedDaemonPod Found failed daemon pod default/" + first +
                   " on node n1, will try to kill it"));
  ASSERT_NE(only_pod().key.name, first);
  const std::string second = fail();
  EXPECT_EQ(only_pod().key.name, second);  // it failed within a second
  world.clock.advance(Seconds(1));
  world.settle();
  EXPECT_NE(only_pod().key.name, second);
  const std::string third = fail();
  world.clock.advance(Seconds(1));
  world.settle();
  EXPECT_EQ(only_pod().key.name, third);
  world.clock.advance(Seconds(1));
  world.settle();
  EXPECT_NE(only_pod().key.name, third);
}

TEST_F(DaemonSets, PodsThatSucceedAreReplacedAtOnce) {
  add_node("n1");
  create();
  run_pods();
  for (int time = 0; time < 2; ++time) {
    const std::string ended = only_pod().key.name;
    world.api.edit(pod_key(ended), [](Json& pod) { pod["status"]["phase"] = "Succeeded"; });
    world.settle();
    EXPECT_TRUE(told("Normal SucceededDaemonPod Found succeeded daemon pod default/" + ended +
                     " on node n1, will try to delete it"));
    EXPECT_EQ(where(), "n1");
    EXPECT_NE(only_pod().key.name, ended);
    run_pods();
  }
}

TEST_F(DaemonSets, RevisionsCountAndAreForgotten) {
  add_node("n1");
  Json set = make_set({{"type", "OnDelete"}});
  set["spec"]["revisionHistoryLimit"] = 1;
  create(set);
  for (const char* image : {"second", "third"}) set_image(image);
  // The first is kept: a pod has it.
  EXPECT_EQ(revisions(), 2U);
  set_image("second");
  std::int64_t latest = 0;
  for (const store::Object& each : world.api.list(kControllerRevisions)) {
    latest = std::max(latest, number_at(*each.json, {"revision"}));
  }
  EXPECT_EQ(latest, 4);
}

TEST_F(DaemonSets, AReturnToAnOldTemplateReusesItsRevision) {
  add_node("n1");
  create();
  set_image("new");
  set_image("kubia");
  ASSERT_EQ(revisions(), 2U);
  for (const store::Object& each : world.api.list(kControllerRevisions)) {
    const bool current = keeps_template(*each.json, world.api.json(key));
    EXPECT_EQ(number_at(*each.json, {"revision"}), current ? 3 : 2);
  }
}

TEST_F(DaemonSets, TwoTemplatesWithOneHash) {
  add_node("n1");
  Json set = make_set();
  set["metadata"]["namespace"] = "default";
  Json other = set;
  other["spec"]["template"]["spec"]["containers"][0]["image"] = "other";
  // What the set's own revision would be called, with another template.
  Json taken = new_revision(set, Json::object(), 1);
  taken["metadata"].erase("ownerReferences");
  taken["metadata"]["labels"] = Json::object();
  taken["data"] = revision_data(other);
  world.api.create(kControllerRevisions, "default", taken);
  create(set);
  for (int i = 0; i < 3; ++i) {
    world.clock.advance(Seconds(1));
    world.settle();
  }
  EXPECT_EQ(status("collisionCount"), 1);
  ASSERT_EQ(revisions(), 2U);
  const std::string& hash = text_at(*only_pod().json, {"metadata", "labels", kRevisionHashLabel});
  const std::string name = name_of(set) + "-" + hash;
  EXPECT_NE(name, name_of(taken));
  EXPECT_TRUE(keeps_template(world.api.json({kControllerRevisions, "default", name}), set));
  set_image("third");  // the count stays
  EXPECT_EQ(status("collisionCount"), 1);
}

TEST_F(DaemonSets, ARevisionThatIsThereServes) {
  add_node("n1");
  Json set = make_set();
  set["metadata"]["namespace"] = "default";
  Json present = new_revision(set, Json::object(), 1);
  const std::string hash = hash_of(present);
  present["metadata"].erase("ownerReferences");
  present["metadata"]["labels"].erase("app");
  world.api.create(kControllerRevisions, "default", present);
  create(set);
  EXPECT_EQ(revisions(), 1U);
  EXPECT_EQ(text_at(*only_pod().json, {"metadata", "labels", kRevisionHashLabel}), hash);
  EXPECT_EQ(status("collisionCount"), 0);
}

TEST_F(DaemonSets, OneThatSelectsEverythingIsLeftAlone) {
  add_node("n1");
  Json set = make_set();
  set["spec"]["selector"] = Json::object();
  create(set);
  EXPECT_TRUE(
      told("Warning SelectingAll This daemon set is selecting all pods. A non-empty "
           "selector is required."));
  EXPECT_EQ(where(), "");
  EXPECT_EQ(revisions(), 0U);
}

TEST_F(DaemonSets, AdoptsAndReleases) {
  add_node("n1");
  Json orphan = test::make_pod("orphan", "agent");
  orphan["spec"]["nodeName"] = "n1";
  world.api.create("pods", "default", orphan);
  create(make_set({{"type", "OnDelete"}}));
  EXPECT_EQ(pods().size(), 1U);
  EXPECT_EQ(controller_uid(*only_pod().json), uid_of(world.api.json(key)));
  world.api.edit(pod_key("orphan"), [](Json& pod) { pod["metadata"]["labels"]["app"] = "other"; });
  world.settle();
  EXPECT_EQ(pods().size(), 2U);
  EXPECT_EQ(controller_uid(world.api.json(pod_key("orphan"))), "");
}

TEST_F(DaemonSets, PodsThatWaitForAGoneNodeGo) {
  add_node("n1");
  create();
  EXPECT_EQ(where(), "n1");
  world.api.remove(node_key("n1"), {});
  world.settle();
  EXPECT_EQ(where(), "");
}

}  // namespace
}  // namespace podrun::controllers
