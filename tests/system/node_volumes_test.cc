// What pods take from objects of the API, in real containers: at their start, and when it changes.
#include <signal.h>

#include "node_agent_fixture.h"

namespace podrun::test {
namespace {

class NodeVolumesTest : public NodeAgentTest {
 protected:
  void set_color(const std::string& color) {
    const store::ObjectKey key{"configmaps", "default", "settings"};
    const Json map{{"metadata", {{"name", "settings"}, {"namespace", "default"}}},
                   {"data", {{"color", color}}}};
    if (api_.get(key) == nullptr) {
      api_.create("configmaps", "default", map);
    } else {
      api_.update(key, map);
    }
    agent_->config_changed("default");
  }
  /// A pod whose container runs `script` and has `volume`, v, at /v.
  std::string create_with(const std::string& script, const Json& volume,
                          const Json& env = Json::array(), const Json& more_mounts = Json::array(),
                          const char* restart_policy = "Always") {
    Json pod{
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata", {{"name", "reader"}, {"labels", {{"app", "old"}}}}},
        {"spec",
         {{"serviceAccountName", "default"},
          {"restartPolicy", restart_policy},
          {"nodeName", agent_->node_name()},
          {"containers",
           Json::array({{{"name", "main"},
                         {"image", "busybox"},
                         {"imagePullPolicy", "Never"},
                         {"command", {"sh", "-c", script}},
                         {"env", env},
                         {"volumeMounts", Json::array({{{"name", "v"}, {"mountPath", "/v"}}})}}})},
          {"volumes", Json::array({volume})},
          {"terminationGracePeriodSeconds", 0}}}};
    pod["spec"]["volumes"][0]["name"] = "v";
    for (const Json& mount : more_mounts) {
      pod["spec"]["containers"][0]["volumeMounts"].push_back(mount);
    }
    return (*api_.create("pods", "default", std::move(pod)).json)["metadata"]["uid"];
  }
  std::string log_of(const std::string& uid, int restart = 0) const {
    return read_file_if_exists(home_.logs() + "/default_reader_" + uid + "/main/" +
                               std::to_string(restart) + ".log")
        .value_or("");
  }
  bool until_said(const std::string& uid, const std::string& text, int restart = 0) {
    return until([&] { return log_of(uid, restart).find(text) != std::string::npos; });
  }
};

const Json kSettings{{"configMap", {{"name", "settings"}}}};

TEST_F(NodeVolumesTest, FilesChangeAtOnceAndVariablesWithTheNextInstance) {
  set_color("green");
  const Json env = Json::parse(R"([
    {"name": "COLOR", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "color"}}},
    {"name": "APP", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}}])");
  const std::string uid = create_with(
      "echo $COLOR $APP $(cat /v/color)\n"
      "until [ $(cat /v/color) = red ]; do sleep 0.1; done\n"
      "echo now $COLOR $APP $(cat /v/color)\n"
      "[ $COLOR = green ] || while :; do sleep 0.1; done",
      kSettings, env);
  ASSERT_TRUE(until_said(uid, "green old green")) << api_.pod("reader").dump(2) << log_;
  Json pod = api_.pod("reader");
  pod["metadata"]["labels"]["app"] = "new";
  api_.update({"pods", "default", "reader"}, pod);
  set_color("red");
  EXPECT_TRUE(until_said(uid, "now green old red")) << log_of(uid) << log_;
  // The instance that stood ready for this restart was made with the old values.
  EXPECT_TRUE(until_said(uid, "now red new red", 1)) << log_of(uid, 1) << log_;
}

TEST_F(NodeVolumesTest, SubPathsChangeWithTheNextInstance) {
  set_color("green");
  const std::string uid = create_with(
      "until [ $(cat /v/color) = red ]; do sleep 0.1; done\n"
      "echo one $(cat /one)\n"
      "[ $(cat /one) = green ] || while :; do sleep 0.1; done",
      kSettings, Json::array(),
      Json::array({{{"name", "v"}, {"mountPath", "/one"}, {"subPath", "color"}}}));
  ASSERT_TRUE(until([&] { return container("reader").value("ready", false); })) << log_;
  set_color("red");
  EXPECT_TRUE(until_said(uid, "one green")) << log_of(uid) << log_;
  EXPECT_TRUE(until_said(uid, "one red", 1)) << log_of(uid, 1) << log_;
}

TEST_F(NodeVolumesTest, NothingOfThemStaysWhenThePodHasEnded) {
  const Json labels = Json::parse(R"({"downwardAPI": {"items": [
    {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}})");
  const std::string uid =
      create_with("cat /v/labels", labels, Json::array(), Json::array(), "Never");
  ASSERT_TRUE(until_said(uid, "app=\"old\"")) << log_;
  ASSERT_TRUE(until([&] { return status("reader").value("phase", "") == "Succeeded"; })) << log_;
  EXPECT_TRUE(until([&] { return ::access((folder(uid) + "/volumes").c_str(), F_OK) != 0; }));
  EXPECT_EQ(::access(folder(uid).c_str(), F_OK), 0);
}

TEST_F(NodeVolumesTest, VolumesWaitForWhatTheyName) {
  const std::string uid =
      create_with("echo $(cat /v/color); while :; do sleep 0.1; done", kSettings);
  ASSERT_TRUE(until([&] { return api_.event_count("FailedMount") > 0; })) << log_;
  ASSERT_TRUE(until([&] { return container("reader").contains("state"); })) << log_;
  EXPECT_EQ(status("reader").value("phase", ""), "Pending");
  EXPECT_EQ(container("reader")["state"]["waiting"]["reason"], "ContainerCreating");
  set_color("blue");
  EXPECT_TRUE(until_said(uid, "blue")) << log_;
}

TEST_F(NodeVolumesTest, VariablesWaitForWhatTheyName) {
  const Json env = Json::parse(R"([
    {"name": "COLOR", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "color"}}}])");
  create_with("while :; do sleep 0.1; done", {{"emptyDir", Json::object()}}, env);
  ASSERT_TRUE(until([&] {
    return container("reader").contains("state") &&
           container("reader")["state"]["waiting"]["reason"] == "CreateContainerConfigError";
  })) << api_.pod("reader").dump(2)
      << log_;
  EXPECT_EQ(container("reader")["state"]["waiting"]["message"], "configmap \"settings\" not found");
  EXPECT_EQ(api_.event_count("FailedMount"), 0);
}

TEST_F(NodeVolumesTest, TokensAreReplacedBeforeTheyExpire) {
  end();
  int issued = 0;
  issue_token_ = [&](const api::TokenOrder&) {
    const WallTime now = clock_.wall();
    return api::IssuedToken{"token" + std::to_string(++issued), now, now + Seconds(3)};
  };
  begin();
  const Json token = Json::parse(
      R"({"projected": {"sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 600}}]}})");
  const std::string uid = create_with("while :; do cat /v/t; echo; sleep 0.1; done", token);
  ASSERT_TRUE(until_said(uid, "token1")) << log_;
  EXPECT_TRUE(until_said(uid, "token2")) << log_;
  EXPECT_EQ(container("reader")["restartCount"], 0);
  // Another agent has no tokens to go on with: it gets new ones.
  end();
  begin();
  EXPECT_TRUE(until_said(uid, "token" + std::to_string(issued + 1))) << log_;
}

TEST_F(NodeVolumesTest, SupervisorsThatDiedHaveTheirVolumesMadeAnew) {
  set_color("green");
  const std::string uid =
      create_with("echo $(cat /v/color); while :; do sleep 0.1; done", kSettings);
  ASSERT_TRUE(until_said(uid, "green")) << log_;
  // One whose status is not told yet would not count as restarted.
  ASSERT_TRUE(until([&] { return container("reader").value("ready", false); })) << log_;
  ::kill(*agent_->supervisor_of(uid), SIGKILL);
  set_color("red");
  EXPECT_TRUE(until_said(uid, "red", 1)) << log_of(uid, 1) << log_;
}

}  // namespace
}  // namespace podrun::test
